"""The doctor names what is wrong and what to do, and is silent about nothing."""

import json

import pytest
from click.testing import CliRunner

from bot.composing import dkim_signing
from cases import clock
from cases.agent import Role
from cases.db import transaction
from cases.mailbox import Mailbox
from inbox import schema
from inbox.command import tregua
from inbox.command.doctor import configuration, machine, mail, stores
from inbox.command.doctor.found import State
from inbox.command.users import an_agent
from tests.databases import forget
from tests.running import add_mailbox
from tests.servers.ports import free_port


def states(found):
    return {one.part: one.state for one in found}


@pytest.fixture
def home(installation, monkeypatch):
    """An installation with tables of this version, far from any relay."""
    monkeypatch.setenv("LANG", "en")
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(free_port()))
    monkeypatch.setenv("TREGUA_WEB_PORT", str(free_port()))
    forget()
    schema.stamp()


@pytest.fixture
def bare_file(monkeypatch, tmp_path):
    """The file of a database in a folder of its own."""
    monkeypatch.setenv("TREGUA_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("TREGUA_DATABASE_URL", raising=False)
    forget()
    schema.upgrade()
    yield tmp_path / "data" / "tregua.db"
    forget()


@pytest.mark.usefixtures("installation")
def test_tables_of_another_version_are_to_be_made_anew():
    (found,) = stores.database()
    assert found.state is State.WRONG
    assert "tregua init" in found.advice


@pytest.mark.usefixtures("home")
def test_somebody_must_be_able_to_administrate():
    base, people = stores.database()
    assert (base.state, people.state) == (State.GOOD, State.WRONG)
    assert "--role admin" in people.advice
    with transaction() as session:
        session.add(an_agent("ana@t.test", "Ana", Role.ADMIN, "es", "a long password"))
    assert states(stores.database())[people.part] is State.GOOD


def test_a_database_that_is_away_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("TREGUA_DATABASE_URL", f"sqlite:///{tmp_path}/none/tregua.db")
    forget()
    (found,) = stores.database()
    forget()
    assert found.state is State.WRONG
    assert "TREGUA_DATABASE_URL" in found.advice


def test_a_setting_that_cannot_be_used_is_named_before_anything_else(monkeypatch):
    monkeypatch.setenv("TREGUA_WEB_PORT", "ninety")
    forget()
    told = CliRunner().invoke(tregua, ["doctor", "--json"])
    monkeypatch.undo()
    forget()
    assert told.exit_code == 1
    (part,) = json.loads(told.stdout)["parts"]
    assert "TREGUA_WEB_PORT" in part["said"]


def test_a_setting_that_nobody_knows_is_named_with_the_one_that_was_meant(monkeypatch, tmp_path):
    file = tmp_path / "tregua.toml"
    file.write_text('web_prt = 9000\nzone = "Europe/Madrid"\n')
    monkeypatch.setenv("TREGUA_CONFIG", str(file))
    monkeypatch.setenv("TREGUA_SMTP_HOTS", "relay.test")
    forget()
    read, *odd = configuration.settings_are_good()
    forget()
    assert (read.state, read.said) == (State.GOOD, str(file))
    assert [one.advice for one in odd] == [
        "Did you mean TREGUA_SMTP_HOST?",
        "Did you mean web_port?",
    ]


def test_settings_of_every_part_are_looked_at(monkeypatch):
    monkeypatch.setenv("TREGUA_TRUCE_AFTER_CLOSING", "soon")
    monkeypatch.setenv("TREGUA_SMTP_PORT", "many")
    forget()
    found = " ".join(one.said for one in configuration.settings_are_good())
    monkeypatch.undo()
    forget()
    assert "TREGUA_TRUCE_AFTER_CLOSING" in found
    assert "TREGUA_SMTP_PORT" in found


def test_a_folder_that_cannot_be_made_ends_the_look(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TREGUA_DATA", str(tmp_path / "file" / "data"))
    monkeypatch.delenv("TREGUA_SECRET_KEY", raising=False)
    monkeypatch.delenv("TREGUA_DATABASE_URL", raising=False)
    forget()
    told = CliRunner().invoke(tregua, ["doctor", "--json"])
    monkeypatch.undo()
    forget()
    assert told.exit_code == 1
    assert "TREGUA_DATA" in json.loads(told.stdout)["parts"][-1]["said"]


def test_a_database_that_others_may_read_is_wrong(bare_file):
    assert stores._own_file("database").state is State.GOOD
    bare_file.parent.chmod(0o755)
    bare_file.chmod(0o644)
    found = stores._own_file("database")
    assert (found.state, found.advice) == (State.WRONG, f"chmod 700 {bare_file.parent}")


def test_a_secret_that_others_can_read_is_wrong(monkeypatch, tmp_path):
    monkeypatch.setenv("TREGUA_DATA", str(tmp_path))
    monkeypatch.delenv("TREGUA_SECRET_KEY", raising=False)
    forget()
    assert states(stores.secret()) == {"secret": State.GOOD}
    (tmp_path / "secret.key").chmod(0o644)
    (found,) = stores.secret()
    forget()
    assert found.advice == f"chmod 600 {tmp_path / 'secret.key'}"


def test_a_redis_that_is_away_is_wrong_but_loses_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("TREGUA_REDIS_URL", f"unix://{tmp_path}/none.sock")
    forget()
    (found,) = stores.redis()
    forget()
    assert found.state is State.WRONG
    assert "TREGUA_REDIS_URL" in found.advice


@pytest.mark.usefixtures("home")
def test_a_relay_that_does_not_answer_and_a_port_where_nobody_serves():
    (relay,) = mail.relay()
    assert relay.state is State.WRONG
    assert "TREGUA_SMTP_HOST" in relay.advice
    (web,) = machine.web()
    assert web.state is State.UNKNOWN


def test_a_relay_that_takes_us_is_fine(home, smtp_sink, monkeypatch):
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    forget()
    assert [one.state for one in mail.relay()] == [State.GOOD]


def test_a_key_that_cannot_sign_for_a_mailbox_is_wrong(home, monkeypatch, tmp_path):
    with transaction() as session:
        place = {"imap_host": "imap.shop.test", "imap_user": "help"}
        session.add(Mailbox(address="help@shop.test", created_at=clock.now(), **place))
    assert list(mail.signatures()) == []
    monkeypatch.setenv("TREGUA_DKIM_SELECTOR", "t1")
    monkeypatch.setenv("TREGUA_DKIM_KEY_FILE", str(tmp_path / "none.pem"))
    dkim_signing.settings.cache_clear()
    (found,) = mail.signatures()
    dkim_signing.settings.cache_clear()
    assert (found.part, found.state) == ("DKIM signature for shop.test", State.WRONG)
    assert "TREGUA_DKIM_KEY_FILE" in found.advice


@pytest.mark.usefixtures("home")
def test_no_mailbox_at_all_is_wrong():
    assert [one.state for one in mail.mailboxes()] == [State.WRONG]


def test_a_mailbox_is_signed_in_to_and_its_refusal_is_told(home, own_dovecot):
    box = add_mailbox(own_dovecot)
    assert [one.state for one in mail.mailboxes()] == [State.UNKNOWN]
    with transaction() as session:
        session.get_one(Mailbox, box).last_ok_at = clock.now()
    assert [one.state for one in mail.mailboxes()] == [State.GOOD]
    own_dovecot.stop()
    (found,) = mail.mailboxes()
    assert found.state is State.WRONG
    assert "tregua mailbox test" in found.advice


@pytest.mark.usefixtures("home")
def test_disk_and_clock_are_looked_at():
    assert {one.state for one in (*machine.disk(), *machine.clock_is_right())} == {State.GOOD}
