"""`tregua init`: safe to repeat, and a database that cannot be used is named."""

import pytest
from click.testing import CliRunner

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


def test_the_first_link_leads_to_where_the_pages_are(bare, monkeypatch):
    monkeypatch.setenv("TREGUA_WEB_PORT", "8199")
    forget()
    assert "http://127.0.0.1:8199/welcome/" in run("init").output
    monkeypatch.setenv("TREGUA_PUBLIC_URL", "https://tregua.test/")
    forget()
    assert "https://tregua.test/welcome/" in run("init").output


def test_a_password_in_the_database_url_is_not_shown():
    shown = _without_password("postgresql://ana:geheim@host/db")
    assert "geheim" not in shown
    assert "host/db" in shown


def test_a_file_that_is_no_database_is_told_apart_from_one_without_tables(bare):
    (bare / "tregua.db").write_bytes(b"a letter to nobody, " * 100)
    told = run("user", "list")
    assert told.exit_code == 1
    assert "file is not a database" in told.output
    assert "tregua init" not in told.output


def test_a_file_that_cannot_be_written_is_named(bare):
    run("init")
    told = run("contacts", "export", str(bare / "none" / "people.csv"))
    assert told.exit_code == 1
    assert "people.csv cannot be used" in told.output
