"""`tregua user`: who may sign in, and the way back for the day on which nobody may."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cases import clock
from cases.agent import Agent, signed_in_by
from cases.audit import Entry
from cases.db import reading, transaction
from inbox.command import tregua
from inbox.web.signin import sessions

pytestmark = pytest.mark.usefixtures("installation")


def run(*words):
    return CliRunner().invoke(tregua, list(words))


def test_a_made_password_is_shown_once_and_works():
    made = run("user", "add", "Ana@Tienda.test", "--role", "admin", "--language", "en")
    assert made.exit_code == 0, made.output
    password = made.output.split("Password: ")[1].split()[0]
    with reading() as session:
        assert signed_in_by(session, "ana@tienda.test", password)
        assert not signed_in_by(session, "ana@tienda.test", "something else")


def test_short_passwords_and_known_addresses_are_refused():
    assert run("user", "add", "ana@t.test", "--password", "short").exit_code == 2
    assert run("user", "add", "ana@t.test", "--password", "long enough").exit_code == 0
    again = run("user", "add", "ANA@t.test", "--password", "long enough")
    assert again.exit_code == 2
    assert "ana" in again.output.lower()


def test_who_is_stopped_is_listed_as_such_and_cannot_sign_in():
    run("user", "add", "ana@t.test", "--password", "long enough")
    assert run("user", "stop", "ana@t.test").exit_code == 0
    assert "may not sign in" in run("user", "list").output
    with reading() as session:
        assert signed_in_by(session, "ana@t.test", "long enough") is None
        assert not session.scalars(select(Agent.active)).one()


def test_stopping_nobody_is_refused():
    refused = run("user", "stop", "nobody@t.test")
    assert refused.exit_code == 2
    assert "nobody@t.test" in refused.output


def test_the_last_administrator_stays_one():
    run("user", "add", "ana@t.test", "--role", "admin", "--password", "long enough")
    refused = run("user", "stop", "ana@t.test")
    assert refused.exit_code == 2
    assert "another administrator" in refused.output
    run("user", "add", "bea@t.test", "--role", "admin", "--password", "long enough")
    assert run("user", "stop", "ana@t.test").exit_code == 0


def test_who_was_stopped_is_let_in_again_by_name():
    run("user", "add", "ana@t.test", "--password", "long enough")
    run("user", "stop", "ana@t.test")
    assert "tregua user start ana@t.test" in run("user", "add", "ana@t.test").output
    assert run("user", "start", "ana@t.test").exit_code == 0
    with reading() as session:
        assert signed_in_by(session, "ana@t.test", "long enough")


def test_a_lost_password_is_replaced_and_whoever_had_it_is_signed_out():
    run("user", "add", "ana@t.test", "--password", "long enough")
    with transaction() as session:
        ana = session.scalars(select(Agent)).one()
        secret = sessions.begin(session, ana, at=clock.now())
    made = run("user", "password", "ana@t.test")
    password = made.output.split("Password: ")[1].split()[0]
    with reading() as session:
        assert signed_in_by(session, "ana@t.test", password)
        assert signed_in_by(session, "ana@t.test", "long enough") is None
        assert sessions.find(session, secret, at=clock.now()) is None


def test_each_change_stands_in_the_audit_log():
    for words in (["add"], ["password"], ["stop"], ["start"]):
        assert run("user", *words, "ana@t.test").exit_code == 0
    with reading() as session:
        noted = session.execute(select(Entry.what, Entry.by).order_by(Entry.number)).all()
    assert noted == [
        (f"user.{what}", "command line") for what in ("added", "password", "stopped", "let_in")
    ]
