"""Tokens: shown once, kept as hashes, narrow, and easy to take back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cases import clock
from inbox.tokens import OVERLAP, Limits, Scope, Token, issue, recognise, rotate
from tests.builders import MORNING


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(MORNING):
        yield


def a_token(session, **limits):
    said = issue(session, "a tool", frozenset({Scope.CHECK}), Limits(**limits))
    session.flush()
    return said


def test_a_token_is_recognised_and_its_secret_is_not_stored(session):
    said = a_token(session)
    token = recognise(session, said)
    assert token is not None
    assert token.may(Scope.CHECK)
    assert not token.may(Scope.GATE)
    stored = " ".join(map(str, session.execute(text("SELECT * FROM token")).one()))
    assert said.split("_", 2)[2] not in stored


@pytest.mark.parametrize("said", ["", "trg_", "trg_x_y", "Bearer", "trg_ñ_ñ", "x" * 10_000])
def test_nonsense_is_no_token(session, said):
    a_token(session)
    assert recognise(session, said) is None


def test_a_token_ends_when_it_expires_or_is_revoked(session):
    said = a_token(session, expires_at=MORNING + timedelta(hours=1))
    with clock.at(MORNING + timedelta(hours=1)):
        assert recognise(session, said) is None
    session.scalars(select(Token)).one().revoked_at = MORNING
    session.flush()
    assert recognise(session, said) is None


def test_after_a_rotation_both_secrets_work_for_a_while(session):
    old = a_token(session)
    new = rotate(session.scalars(select(Token)).one())
    session.flush()
    assert recognise(session, old) is not None
    assert recognise(session, new) is not None
    with clock.at(MORNING + OVERLAP):
        assert recognise(session, old) is None
        assert recognise(session, new) is not None


def test_a_token_can_be_tied_to_a_network(session):
    a_token(session, networks=("10.1.0.0/16", "2001:db8::/32"))
    token = session.scalars(select(Token)).one()
    assert token.may_come_from("10.1.2.3")
    assert token.may_come_from("2001:db8::1")
    assert token.may_come_from("::ffff:10.1.2.3")
    assert not token.may_come_from("10.2.0.1")
    assert not token.may_come_from("")


def test_how_much_a_gates_token_may_ask_is_not_fixed(session):
    a_token(session)
    issue(session, "a sender", frozenset({Scope.CHECK, Scope.GATE}))
    session.flush()
    quotas = session.scalars(select(Token.quota).order_by(Token.id)).all()
    assert quotas == [1000, None]
