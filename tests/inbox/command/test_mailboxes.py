"""The commands about mailboxes: added, tried, counted, given more folders and more past."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cases import clock
from cases.db import reading
from cases.mailbox import FolderRole, Mailbox, Mode
from cases.mailbox.xoauth import Question
from inbox.command.mailboxes import mailbox
from tests.databases import forget
from tests.mailroom import ADDRESS, PASSWORD, Mailroom, a_mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The commands are the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def here(
    installation: str,
    monkeypatch: pytest.MonkeyPatch,
    redis_url: str,
    smtp_sink: SmtpSink,
    dovecot: Dovecot,
) -> Iterator[Dovecot]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    forget()
    yield dovecot
    forget()


def _run(*words: str, said: str | None = None, fails: bool = False) -> str:
    result = CliRunner().invoke(mailbox, list(words), input=said)
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def _add(dovecot: Dovecot, *more: str) -> None:
    server = ("--host", "127.0.0.1", "--port", str(dovecot.imap_port), "--security", "none")
    _run("add", ADDRESS, *server, *more, said=f"{PASSWORD}\n")


def _box() -> Mailbox:
    with reading() as session:
        box = session.scalars(select(Mailbox)).one()
        assert box.more_folders is not None
        return box


def test_a_mailbox_is_added_tried_read_and_listed(here: Dovecot) -> None:
    _add(here, "--send")
    here.deliver(ADDRESS, a_mail("a"))
    assert "Signed in. 1 mails in INBOX." in _run("test", ADDRESS)
    assert "1 new mail." in _run("read", ADDRESS)
    assert f"{ADDRESS}  send  20" in _run("list")
    assert "1 on the server, 1 here" in _run("list", "--counts")
    assert _box().mode is Mode.SEND


def test_an_address_is_added_once_and_a_stranger_is_not_found(here: Dovecot) -> None:
    _add(here)
    again = _run("add", ADDRESS, "--host", "h", said="x\n", fails=True)
    assert "is read already" in again
    assert "There is no mailbox" in _run("test", "other@t.test", fails=True)


def test_a_wrong_password_is_said_in_a_sentence(here: Dovecot) -> None:
    server = ("--host", "127.0.0.1", "--port", str(here.imap_port), "--security", "none")
    _run("add", ADDRESS, *server, said="wrong\n")
    said = _run("test", ADDRESS, fails=True)
    assert "does not accept the password" in said
    assert "Traceback" not in said


def test_how_much_past_comes_in_is_chosen(here: Dovecot) -> None:
    _add(here, "--from", "2026-01-01", "--read-only", "--copy-sent")
    box = _box()
    assert box.import_from is not None
    assert box.import_from.year == 2026
    assert box.read_only
    assert box.copy_sent
    refused = _run("add", "b@t.test", "--host", "h", "--from", "gestern", said="x\n", fails=True)
    assert "2026-11-01" in refused


def test_older_mail_is_brought_in_as_history(here: Dovecot) -> None:
    room = Mailroom(here, import_from=clock.now())
    room.lay(a_mail("old"), clock.now() - timedelta(days=40))
    room.read()
    start = (clock.now() - timedelta(days=50)).date().isoformat()
    assert "1 older mail came in." in _run("backfill", ADDRESS, "--from", start)
    assert [raw.history for raw in room.mails] == [True]
    assert "0 older mails came in." in _run("backfill", ADDRESS, "--from", start)
    # After a renumbering it is known, and still wanted.
    room.renumber()
    assert room.read() == 0
    assert room.mails[0].uid == 1


def test_folders_are_added_and_taken_away(here: Dovecot) -> None:
    Mailroom(here)
    _run("folder", ADDRESS, "Sent", "--role", "sent")
    _run("folder", ADDRESS, "Spam", "--role", "junk", "--from", "2026-10-01")
    assert _box().watched() == (
        ("INBOX", FolderRole.INBOX),
        ("Sent", FolderRole.SENT),
        ("Spam", FolderRole.JUNK),
    )
    _run("folder", ADDRESS, "Spam", "--remove")
    assert [name for name, _role in _box().watched()] == ["INBOX", "Sent"]


def test_switches_are_kept(here: Dovecot) -> None:
    Mailroom(here)
    _run("copies", ADDRESS, "on", "--folder", "Enviados")
    _run("pause", ADDRESS)
    assert (_box().copy_sent, _box().sent_folder, _box().paused) == (True, "Enviados", True)
    assert "is paused" in _run("test", ADDRESS, fails=True)
    _run("resume", ADDRESS)
    _run("mode", ADDRESS, "send")
    assert not _box().paused


def test_a_plus_address_that_works_is_found_out_by_a_mail(
    here: Dovecot, smtp_sink: SmtpSink
) -> None:
    room = Mailroom(here)
    _run("plus", ADDRESS)
    assert _box().plus_works is False
    assert _box().reply_to(7) == ""
    (trial,) = smtp_sink.mails
    assert trial.recipients == ("support+trial@tregua.test",)
    here.deliver("support+trial@tregua.test", trial.content)
    assert room.read() == 1
    assert _box().plus_works is True
    assert _box().reply_to(7).startswith("support+c7.")
    assert room.mails[0].fate.value == "filed"


def test_nobody_else_can_say_that_the_plus_address_works(here: Dovecot) -> None:
    room = Mailroom(here)
    _run("plus", ADDRESS)
    room.deliver(a_mail("forged", X_Tregua_Trial="abcdefghijklmnopqrstuvwxyz"))
    room.read()
    assert _box().plus_works is False
    assert room.mails[0].fate.value == "waiting"


def test_a_grant_is_asked_for_in_a_browser(here: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    Mailroom(here)
    asked = Question("https://provider.test/ask", "state-1", "v")
    monkeypatch.setattr("cases.mailbox.xoauth.question", lambda *_about: asked)
    words = ("authorize", ADDRESS, "--provider", "google", "--client-id", "c")
    said = _run(*words, said="s\nhttp://127.0.0.1:8400/?state=other&code=x\n", fails=True)
    assert "https://provider.test/ask" in said
    assert "does not belong to the sign-in" in said
    assert _box().grant() == {}
