"""The SMTP gate: who is on truce gets nothing, everybody else exactly one, and 250 for all."""

import smtplib
import socket
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from cases import clock, db
from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import policies, touches
from cases.exclusions.ceilings import Ceiling, with_ceiling
from cases.exclusions.touches import Touch
from cases.settings import settings as case_settings
from inbox.gateway.passing import read
from inbox.gateway.server import serving
from inbox.gateway.settings import settings
from inbox.passage import Outcome, Passage
from tests.apis import Api
from tests.builders import MORNING
from tests.servers.ports import free_port
from tests.servers.smtp_sink import Answer

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))


@pytest.fixture
def gate(installation, monkeypatch, smtp_sink, weather):
    monkeypatch.setenv("TREGUA_GATE_PORT", str(free_port()))
    monkeypatch.setenv("TREGUA_GATE_RELAY_PORT", str(smtp_sink.port))
    settings.cache_clear()
    with serving(weather) as made:
        yield made
    settings.cache_clear()


def send(*recipients, text="Rebajas", **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "tienda@tienda.example", recipients[0], "Rebajas"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", settings().gate_port) as smtp:
        return smtp.send_message(mail, to_addrs=list(recipients))


def outcomes():
    with reading() as session:
        rows = session.scalars(select(Passage).order_by(Passage.id))
        return [(row.value, row.outcome) for row in rows]


def got(sink):
    return sorted(mail.recipients[0] for mail in sink.mails)


def test_the_held_get_nothing_and_the_sender_hears_250(gate, smtp_sink):
    Api().case(ANA)
    assert send(ANA) == {}
    assert send(EVA) == {}
    assert got(smtp_sink) == [EVA]
    assert outcomes() == [(ANA, Outcome.DROPPED), (EVA, Outcome.PASSED)]


def test_of_many_recipients_the_free_ones_get_it(gate, smtp_sink):
    Api().case(ANA)
    send(ANA, EVA, LUZ, EVA)
    assert got(smtp_sink) == [EVA, LUZ]


def test_commands_that_come_all_at_once_are_answered_one_by_one(gate, smtp_sink):
    Api().case(ANA)
    said = f"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<{EVA}>\r\nDATA\r\n"
    body = f"X-Tregua-Class: promotional\r\n\r\n..\r\n.\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<{ANA}>\r\n"
    with socket.create_connection(("127.0.0.1", settings().gate_port)) as line:
        line.sendall(f"{said}{body}DATA\r\nx\r\n.\r\nQUIT\r\n".encode())
        answers = line.makefile("rb").read().decode()
    codes = [one[:3] for one in answers.splitlines() if one[3:4] == " "]
    assert codes == ["220", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert got(smtp_sink) == [EVA]


def test_a_mail_that_must_arrive_passes(gate, smtp_sink):
    Api().case(ANA)
    send(ANA, X_Tregua_Class="transactional")
    assert got(smtp_sink) == [ANA]


def test_an_unknown_class_is_held_as_marketing(gate, smtp_sink):
    Api().case(ANA)
    send(ANA, X_Tregua_Class="urgent!")
    assert got(smtp_sink) == []


def test_while_the_feed_is_behind_marketing_waits_and_the_invoice_goes(gate, smtp_sink, weather):
    weather.fresh = False
    send(EVA)
    send(LUZ, X_Tregua_Class="transactional")
    assert got(smtp_sink) == [LUZ]
    assert len(gate.parking) == 1
    assert gate.look_again() == 0
    # Meanwhile Eva complains, so what was parked must not reach her.
    Api().case(EVA)
    send(ANA)
    weather.fresh = True
    assert gate.look_again() == 2
    assert got(smtp_sink) == [ANA, LUZ]
    assert len(gate.parking) == 0


def test_two_who_look_at_what_is_parked_send_it_once(gate, smtp_sink, weather):
    weather.fresh = False
    names = [f"c{n}@cliente.example" for n in range(8)]
    for name in names:
        send(name)
    weather.fresh = True
    lookers = [threading.Thread(target=gate.look_again) for _ in range(4)]
    for one in lookers:
        one.start()
    for one in lookers:
        one.join()
    assert got(smtp_sink) == names


def test_what_waited_too_long_is_dropped(gate, smtp_sink, weather):
    weather.fresh = False
    with clock.at(MORNING):
        gate.parking.put(_mail(), MORNING)
    assert gate.look_again() == 1
    assert outcomes()[-1] == (EVA, Outcome.EXPIRED)
    assert got(smtp_sink) == []


def _mail():
    content = b"Subject: x\r\n\r\nx\r\n"
    return read("tienda@tienda.example", [EVA], content, settings().gate_class)


def test_without_a_database_marketing_is_parked(gate, smtp_sink, monkeypatch):
    monkeypatch.setenv("TREGUA_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    case_settings.cache_clear()
    db.let_go()
    send(EVA)
    assert len(gate.parking) == 1
    send(LUZ, X_Tregua_Class="safety_legal")
    assert got(smtp_sink) == [LUZ]


def test_a_relay_that_is_away_leaves_the_mail_with_its_sender(gate, smtp_sink):
    smtp_sink.script(Answer("RCPT", "451 later"))
    with pytest.raises(smtplib.SMTPDataError) as later:
        send(EVA)
    assert later.value.smtp_code == 451
    send(EVA)
    assert got(smtp_sink) == [EVA]


def test_a_refusal_costs_nobody_else_their_mail(gate, smtp_sink):
    smtp_sink.script(Answer("RCPT", "550 no such user"))
    send(ANA, EVA)
    assert got(smtp_sink) == [EVA]
    assert outcomes() == [(ANA, Outcome.REFUSED), (EVA, Outcome.PASSED)]


def test_a_relay_that_fails_half_way_makes_nobody_get_it_twice(gate, smtp_sink):
    smtp_sink.script(Answer("RCPT", "250 ok"), Answer("RCPT", "451 later"))
    send(ANA, EVA)
    assert got(smtp_sink) == [ANA]
    assert gate.look_again() == 1
    assert got(smtp_sink) == [ANA, EVA]


def test_what_passed_presses_on_who_got_it(gate, smtp_sink):
    send(EVA, X_Tregua_Campaign="rebajas")
    with reading() as session:
        touch = session.scalars(select(Touch)).one()
        assert (touch.value, touch.campaign) == (EVA, "rebajas")


def test_another_spelling_is_the_same_person_where_the_admin_says_so(gate, smtp_sink, monkeypatch):
    Api().case("ana@gmail.com")
    send("a.na+rebajas@gmail.com")
    assert got(smtp_sink) == ["a.na+rebajas@gmail.com"]
    monkeypatch.setenv("TREGUA_GATE_MATCH", "loose")
    settings.cache_clear()
    send("an.a+rebajas@googlemail.com", EVA)
    assert got(smtp_sink) == ["a.na+rebajas@gmail.com", EVA]
    assert outcomes()[-2:] == [
        ("an.a+rebajas@googlemail.com", Outcome.DROPPED), (EVA, Outcome.PASSED),
    ]  # fmt: skip


def test_the_limit_of_a_topic_holds_at_the_gate_too(gate, smtp_sink, monkeypatch):
    with transaction() as session:
        said = with_ceiling({"terms": {"pressure_enforced": True, "pressure_gap": 0}},
                            Ceiling("t", 1.5, topic="ofertas"))  # fmt: skip
        policies.adopt(session, said, what={}, by="a@b.example", why="x", at=clock.now())
        long_ago = clock.now() - timedelta(days=40)
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": LUZ, "source": "t", "event_id": "1", "weight": 0.0,
             "campaign_class": "transactional", "sent_at": long_ago},
        ])  # fmt: skip
    for topic in ("ofertas", "ofertas", "noticias"):
        send(EVA, X_Tregua_Topic=topic)
    assert outcomes() == [
        (EVA, Outcome.PASSED), (EVA, Outcome.DROPPED), (EVA, Outcome.PASSED),
    ]  # fmt: skip
