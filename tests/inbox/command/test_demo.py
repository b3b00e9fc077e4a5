"""The demo's script is whole, its folder is safe, and whatever keeps it from starting is said."""

from email import message_from_bytes
from email.policy import default
from socket import create_server

import pytest
from click.testing import CliRunner

from inbox.command import tregua
from inbox.command.demo import letters, place, settled
from inbox.command.demo.letters import Thread
from inbox.command.demo.script import cast, day, folder, step
from inbox.embedded.processes import hold
from inbox.embedded.refusals import CannotStart
from inbox.intake.jail import parse_safely
from inbox.intake.known import Known, read_bot_rules
from tests.servers.ports import free_port

MAILS = [one for one in day() if not one.agent]


def run(*words):
    return CliRunner().invoke(tregua, ["demo", *map(str, words)])


@pytest.fixture
def busy_port():
    with create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def written(key, **about):
    return message_from_bytes(letters.write(step(key), "seed", Thread(**about)), policy=default)


def test_everybody_and_everything_that_a_step_names_is_there():
    for number, one in enumerate(day()):
        earlier = {before.id for before in day()[:number]}
        assert {one.follows, one.answers, one.case} - {""} <= earlier, one.id
        assert cast().address(one.agent or one.sender).address
        for name in one.attachments:
            assert (folder() / "attachments" / name).exists()


def test_the_day_has_all_that_happens_to_an_inbox():
    known = Known(
        own=frozenset({cast().shop.address}),
        bots=read_bot_rules(folder() / "bots.toml"),
        authserv_ids=frozenset({cast().trusted}),
        agents=frozenset(one.address for one in cast().staff),
    )
    contents = enumerate(letters.write(one, "seed", Thread()) for one in MAILS)
    origins = {mail.origin.value for _n, mail in parse_safely(contents, known)}
    assert origins >= {"customer", "bot", "marketing", "auto_reply", "bulk", "agent"}
    assert any(one.trust == "fail" for one in MAILS)
    assert settled.due() == len(MAILS) + 1


def test_a_step_has_the_same_message_id_at_every_start():
    ids = {letters.message_id(one, "seed") for one in MAILS}
    assert len(ids) == len(MAILS)
    assert (
        written("ana-pedido")["Message-ID"] == f"<{letters.message_id(step('ana-pedido'), 'seed')}>"
    )


def test_an_answer_quotes_what_it_answers_and_refers_to_it():
    mail = written("emily-followup", references=("a@x", "b@x"), quoted="Dear Emily\nthank you")
    assert mail["In-Reply-To"] == "<b@x>"
    assert mail["References"] == "<a@x> <b@x>"
    assert "> thank you" in mail.get_content()


def test_a_photo_comes_along_as_an_attachment():
    (photo,) = written("mateo-taza").iter_attachments()
    assert photo.get_filename() == "jarra.png"
    assert photo.get_content().startswith(b"\x89PNG")


def test_a_port_that_was_asked_for_and_is_taken_is_named_with_its_option(tmp_path, busy_port):
    for option in ("--port", "--imap-port", "--smtp-port"):
        refused = run("--data", tmp_path / "demo", option, busy_port)
        assert refused.exit_code == 1
        assert str(busy_port) in refused.output
        assert option in refused.output


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path):
    with hold(tmp_path):
        refused = run("--data", tmp_path, "--port", free_port())
    assert refused.exit_code == 1
    assert str(tmp_path) in refused.output


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    refused = run("--data", tmp_path / "file" / "demo", "--port", free_port())
    assert refused.exit_code == 1
    assert "file" in refused.output


def test_fresh_clears_a_demo_and_nothing_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(CannotStart, match="demo"):
        place.clear(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    demo = tmp_path / "demo"
    place.made(demo).keep()
    (demo / "valkey").mkdir()
    place.clear(demo)
    assert list(demo.iterdir()) == []


def test_ports_and_passwords_are_those_of_the_first_start_and_nobody_else_reads_them(tmp_path):
    first = place.made(tmp_path)
    first.imap_port = 4711
    first.keep()
    again = place.made(tmp_path)
    assert (again.imap_port, again.seed, again.passwords) == (4711, first.seed, first.passwords)
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_writing_and_reading_need_a_demo_that_runs(tmp_path):
    for words in (("send", "Hola"), ("read",)):
        refused = run("--data", tmp_path, *words)
        assert refused.exit_code == 1
        assert "tregua demo" in refused.output
