"""Whoever answers us, however often: every exchange ends, nobody is flooded, all mail is kept."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from email.message import Message
from email.utils import format_datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.decided import Decided
from cases.db import Base, make_engine, reading
from tests.builders import MORNING
from tests.databases import forget, settle_in
from tests.faults.loop_lab import DAY, OURS, SECOND, Lab, a_mail, a_mailbox, as_message

EVERY = timedelta(hours=2)
NIGHTLY = timedelta(minutes=10)
often = pytest.mark.parametrize(
    "every", [EVERY, pytest.param(NIGHTLY, marks=pytest.mark.nightly)], ids=["2-h", "10-min"]
)
pytestmark = pytest.mark.usefixtures("ringing")
_numbers = count(1)


@pytest.fixture
def ringing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_url: str) -> Iterator[str]:
    """An installation with a Redis, so that no bell is waited for; gives the database's URL."""
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    url = f"sqlite:///{tmp_path / 'tregua.db'}"
    settle_in(monkeypatch, url, tmp_path)
    _make_tables(url)
    yield url
    forget()


def _make_tables(url: str) -> None:
    made = make_engine(url)
    Base.metadata.create_all(made)
    made.dispose()


def assert_no_loop(lab: Lab) -> None:
    """What must be so after any day, whoever wrote."""
    assert lab.most_to_one_address() <= 2
    assert lab.most_to_one_domain_in_an_hour() <= 20
    assert lab.stored() == lab.sent_to_us
    assert lab.sent_to_us > 0


def _through_the_day(every: timedelta) -> Iterable[datetime]:
    at = MORNING
    while at < MORNING + DAY:
        yield at
        at += every


@often
def test_an_out_of_office_without_any_mark_is_answered_twice_at_most(every):
    away = "Estoy fuera de la oficina hasta el lunes."

    def answers(mail: Message, at: datetime) -> list[bytes]:
        return [a_mail("ana@firma.example", f"Re: {mail['Subject']}", away, at)]

    lab = Lab(answers)
    for at in _through_the_day(every):
        lab.send(a_mail("ana@firma.example", f"Factura {next(_numbers)}", "¿Cuándo?", at), at)
    lab.run()
    assert_no_loop(lab)
    assert lab.left


@often
@pytest.mark.parametrize("domain", ["empresa.example", "gmail.com"])
def test_an_address_that_changes_each_time_gets_no_more_than_its_domain_may(every, domain):
    def sender() -> str:
        return f"ticket-{next(_numbers)}@{domain}"

    def answers(mail: Message, at: datetime) -> list[bytes]:
        text = f"Hemos registrado su mensaje con el número {next(_numbers)}."
        return [a_mail(sender(), f"Registro {next(_numbers)}", text, at)]

    lab = Lab(answers)
    for at in _through_the_day(every):
        lab.send(a_mail(sender(), "Registro", "Hemos registrado su mensaje.", at), at)
    lab.run()
    assert_no_loop(lab)


@often
def test_a_helpdesk_that_acknowledges_everything_is_answered_twice(every):
    def answers(mail: Message, at: datetime) -> list[bytes]:
        number = next(_numbers)
        return [
            a_mail(
                "Help <help@otro.example>",
                f"[Ticket {number}] Received: {mail['Subject']}",
                f"Your request {number} has been received. Our team will answer soon.",
                at,
                In_Reply_To=str(mail["Message-ID"]),
            ),
            a_mail("Help <help@otro.example>", f"Ticket {number} opened", "It was opened.", at),
        ]

    lab = Lab(answers)
    for at in _through_the_day(every):
        lab.send(a_mail("help@otro.example", f"Ticket {next(_numbers)}", "New ticket.", at), at)
    lab.run()
    assert_no_loop(lab)


def _bounce(to: str, about: str, at: datetime) -> bytes:
    return (
        f"From: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: {OURS}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <b{next(_numbers)}@mx.example>\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nUser unknown.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_storm_of_bounces_is_answered_by_nobody():
    def answers(mail: Message, at: datetime) -> list[bytes]:
        return [_bounce(str(mail["To"]), str(mail["Message-ID"]), at) for _ in range(3)]

    lab = Lab(answers)
    for n in range(5):
        lab.send(a_mail(f"nadie{n}@lejos.example", "Hola", "¿Hay alguien?", MORNING), MORNING)
    for n in range(100):
        at = MORNING + n * SECOND
        lab.send(_bounce(f"x{n}@lejos.example", f"<none{n}@elsewhere.example>", at), at)
    lab.run()
    assert_no_loop(lab)
    assert len(lab.left) == 5


def test_two_treguas_write_to_each_other_twice_at_most(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ringing: str
) -> None:
    other_url, other = f"sqlite:///{tmp_path / 'other.db'}", "ayuda@otra.example"
    _make_tables(other_url)
    here = Lab(lambda _m, _at: [])
    settle_in(monkeypatch, other_url, tmp_path)
    there = Lab(lambda _m, _at: [], a_mailbox(other))
    first = a_mail(OURS, "Hola", "¿Pueden ayudarnos?", MORNING, To=other)
    going, at = [(there, other_url, first)], MORNING
    while going and at < MORNING + DAY:
        lab, url, content = going.pop(0)
        settle_in(monkeypatch, url, tmp_path)
        before = len(lab.left)
        lab.step([content], at)
        peer = (here, ringing) if lab is there else (there, other_url)
        going += [(*peer, left.content) for left in lab.left[before:]]
        at += SECOND
    forget()
    assert len(here.left) + len(there.left) <= 2
    assert not going


FORGED = 1000


@pytest.mark.parametrize("number", [100, pytest.param(FORGED, marks=pytest.mark.nightly)])
def test_forged_senders_make_us_carry_nothing(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setenv("TREGUA_TRUSTED_SERVERS", '["mx.tienda.example"]')
    forget()
    lab = Lab(lambda _mail, _at: [])
    for n in range(number):
        verdict = ("dmarc=fail", "dmarc=none", "spf=softfail", "dmarc=pass")[n % 4]
        forged = a_mail(
            f'"Gane dinero en mal.example" <victima{n}@dominio{n % 97}.example>',
            f"COMPRE YA {n} http://mal.example/{n}",
            f"Llame al 900{n:05} o visite http://mal.example/{n} ahora mismo.\n"
            f"Reenviar a otra{n}@tercero.example",
            MORNING,
            Reply_To=f"otra{n}@tercero.example" if n % 3 == 0 else f"victima{n}@dominio.example",
        )
        about = f"{verdict} header.from=dominio{n % 97}.example"
        head = f"Authentication-Results: mx.tienda.example; {about}\r\n"
        lab.send(head.encode() + forged, MORNING + n * SECOND)
    lab.run()
    for left in lab.left:
        said = as_message(left.content)
        whole = left.content.decode("latin-1").lower() + str(said.get_payload(decode=True)).lower()
        for word in ("compre", "mal.example", "900", "gane", "tercero"):
            assert word not in whole
        assert left.recipient.startswith("victima")
    assert lab.stored() == number
    with reading() as session:
        kept = session.scalars(select(Decided)).all()
        failed = [one for one in kept if one.inputs.get("trust") == "fail"]
    assert failed
    assert not any(one.reply for one in failed)
