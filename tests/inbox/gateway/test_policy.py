"""Postfix asks while a mail is told to it: who is on truce is refused, and doubt makes it wait."""

import socket
from contextlib import closing, suppress

import pytest
from sqlalchemy import select

from cases import db
from cases.db import reading
from cases.settings import settings as case_settings
from inbox.gateway import policy
from inbox.gateway.settings import settings
from inbox.passage import Outcome, Passage
from tests.apis import Api
from tests.inbox.gateway.conftest import Weather
from tests.servers.ports import free_port

ANA, EVA = "ana@cliente.example", "eva@cliente.example"
INVOICES = "facturas@tienda.example"


@pytest.fixture
def weather(installation, monkeypatch):
    monkeypatch.setenv("TREGUA_POLICY_PORT", str(free_port()))
    monkeypatch.setenv("TREGUA_GATE_CLASSES", f'{{"{INVOICES}": "transactional"}}')
    settings.cache_clear()
    made = Weather()
    with policy.serving(made):
        yield made
    settings.cache_clear()


def ask(*recipients, sender="tienda@tienda.example", state="RCPT"):
    """What Postfix is told about each of them on one connection."""
    found = []
    with closing(socket.create_connection(("127.0.0.1", settings().policy_port), 10)) as talk:
        file = talk.makefile("rwb")
        for one in recipients:
            said = {
                "request": "smtpd_access_policy",
                "protocol_state": state,
                "sender": sender,
                "recipient": one,
                "instance": "1a2.3",
            }
            file.write("".join(f"{name}={value}\n" for name, value in said.items()).encode())
            file.write(b"\n")
            file.flush()
            found.append(file.readline().decode().strip().removeprefix("action="))
            assert file.readline() == b"\n"
        file.close()
    return found


def test_who_is_on_truce_is_refused_and_the_others_are_not(weather):
    Api().case(ANA)
    assert ask(EVA, ANA.upper(), EVA) == ["DUNNO", policy.HELD, "DUNNO"]
    with reading() as session:
        [passage] = session.scalars(select(Passage))
        assert (passage.value, passage.outcome) == (ANA, Outcome.DROPPED)


def test_a_sender_of_invoices_is_not_held(weather):
    Api().case(ANA)
    assert ask(ANA, sender=INVOICES.title()) == ["DUNNO"]


def test_while_the_feed_is_behind_marketing_waits_and_invoices_go(weather):
    weather.fresh = False
    assert ask(EVA) == [policy.LATER]
    assert ask(EVA, sender=INVOICES) == ["DUNNO"]


def test_without_a_database_marketing_waits(weather, monkeypatch, tmp_path):
    monkeypatch.setenv("TREGUA_DATABASE_URL", f"sqlite:///{tmp_path / 'no' / 'where.db'}")
    case_settings.cache_clear()
    db.let_go()
    assert ask(EVA) == [policy.LATER]
    assert ask(EVA, sender=INVOICES) == ["DUNNO"]


def test_what_is_no_question_about_a_recipient_is_left_to_postfix(weather):
    Api().case(ANA)
    assert ask(ANA, state="DATA") == ["DUNNO"]
    assert ask("") == ["DUNNO"]


@pytest.mark.parametrize("content", [b"x" * 10_000, b"a=b\n" * 200, b"no end"])
def test_who_does_not_speak_as_postfix_does_is_hung_up_on(weather, content):
    place = ("127.0.0.1", settings().policy_port)
    # It may hang up before all was said, which is as good.
    with closing(socket.create_connection(place, 10)) as talk, suppress(OSError):
        talk.sendall(content)
        talk.shutdown(socket.SHUT_WR)
        assert talk.recv(100) == b""
    assert ask(EVA) == ["DUNNO"]
