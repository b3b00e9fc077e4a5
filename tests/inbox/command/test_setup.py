"""`tregua init` and `tregua user`: safe to repeat, and every refusal says why."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cases.agent import Agent, signed_in_by
from cases.db import reading
from inbox import revision
from inbox.command import tregua
from inbox.command.setup import _without_password
from tests.databases import forget, settle_in


def run(*words):
    return CliRunner().invoke(tregua, list(words))


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine where nothing was made yet."""
    settle_in(monkeypatch, f"sqlite:///{tmp_path / 'tregua.db'}", tmp_path)
    monkeypatch.delenv("TREGUA_SECRET_KEY")
    forget()
    yield tmp_path
    forget()


def test_init_makes_tables_and_a_secret_and_may_be_repeated(bare):
    assert "tregua init" in run("user", "list").output
    for _time in range(2):
        made = run("init")
        assert made.exit_code == 0, made.output
    assert revision.is_current()
    assert (bare / "secret.key").stat().st_mode & 0o077 == 0
    assert "tregua user add" in made.output


def test_a_password_in_the_database_url_is_not_shown():
    shown = _without_password("postgresql://ana:geheim@host/db")
    assert "geheim" not in shown
    assert "host/db" in shown


@pytest.mark.usefixtures("installation")
class TestPeople:
    """Who may sign in."""

    def test_a_made_password_is_shown_once_and_works(self):
        made = run("user", "add", "Ana@Tienda.test", "--role", "admin", "--language", "en")
        assert made.exit_code == 0, made.output
        password = made.output.split("Password: ")[1].split()[0]
        with reading() as session:
            assert signed_in_by(session, "ana@tienda.test", password)
            assert not signed_in_by(session, "ana@tienda.test", "something else")

    def test_short_passwords_and_known_addresses_are_refused(self):
        assert run("user", "add", "ana@t.test", "--password", "short").exit_code == 2
        assert run("user", "add", "ana@t.test", "--password", "long enough").exit_code == 0
        again = run("user", "add", "ANA@t.test", "--password", "long enough")
        assert again.exit_code == 2
        assert "ana" in again.output.lower()

    def test_who_is_stopped_is_listed_as_such_and_cannot_sign_in(self):
        run("user", "add", "ana@t.test", "--password", "long enough")
        assert run("user", "stop", "ana@t.test").exit_code == 0
        assert "may not sign in" in run("user", "list").output
        with reading() as session:
            assert signed_in_by(session, "ana@t.test", "long enough") is None
            assert not session.scalars(select(Agent.active)).one()

    def test_stopping_nobody_is_refused(self):
        refused = run("user", "stop", "nobody@t.test")
        assert refused.exit_code == 2
        assert "nobody@t.test" in refused.output
