"""A campaign of a newsletter tool that knows nothing of us, through the SMTP gate, all of it."""

import smtplib
import threading
import time
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage

import pytest

from cases import Mailbox, clock
from cases.db import reading, transaction
from inbox.freshness import Lag, freshness
from inbox.gateway.server import serving
from inbox.gateway.settings import settings
from tests.apis import Api
from tests.newsletter import PACKAGES, an_interpreter, send
from tests.servers.ports import free_port

COUNT, HELD = 1000, 30
pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def django(tmp_path_factory):
    """An interpreter with the newsletter tool and nothing of ours."""
    folder = tmp_path_factory.mktemp("django")
    return an_interpreter(folder, *PACKAGES, made="TREGUA_NEWSLETTER_PYTHON")


class Hours:
    """The time as the gate sees it, so that an hour of silence takes no hour."""

    def __init__(self):
        self.later = timedelta()

    def now(self):
        return clock.now() + self.later

    def is_fresh(self):
        with reading() as session:
            return freshness(session, self.now()).lag is Lag.NONE


@pytest.fixture
def hours():
    return Hours()


@pytest.fixture
def gate(installation, monkeypatch, smtp_sink, hours):
    monkeypatch.setenv("TREGUA_GATE_PORT", str(free_port()))
    monkeypatch.setenv("TREGUA_GATE_RELAY_PORT", str(smtp_sink.port))
    settings.cache_clear()
    with serving(hours.is_fresh) as made:
        yield made
    settings.cache_clear()


def person(n):
    return f"c{n}@cliente.example"


def mail_was_read(at):
    with transaction() as session:
        box = session.query(Mailbox).one_or_none() or Mailbox(
            address="soporte@tienda.example",
            imap_host="x",
            imap_user="x",
            created_at=at,
        )
        box.last_ok_at = at
        session.add(box)


def until(true):
    deadline = time.monotonic() + 600
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def an_invoice(to):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "tienda@tienda.example", to, "Factura"
    mail["X-Tregua-Class"] = "transactional"
    mail.set_content("42,00")
    with smtplib.SMTP("127.0.0.1", settings().gate_port) as smtp:
        smtp.send_message(mail)


def test_a_whole_campaign_reaches_everybody_once_and_nobody_who_is_held(
    gate, smtp_sink, hours, django, tmp_path
):
    api, told = Api(), []
    mail_was_read(clock.now())
    held = {person(n * 7) for n in range(HELD)}
    for address in held:
        api.case(address, at=clock.now())
    port = settings().gate_port
    sender = threading.Thread(target=lambda: told.append(send(django, tmp_path, port, COUNT)))
    sender.start()
    until(lambda: len(smtp_sink.mails) >= 300)
    # A case opens in mid-campaign, for somebody whose turn is still to come.
    got = {mail.recipients[0] for mail in smtp_sink.mails}
    late = next(person(n) for n in reversed(range(COUNT)) if person(n) not in got | held)
    api.case(late, at=clock.now())
    until(lambda: len(smtp_sink.mails) >= 600)
    # Mail is not read for an hour: nobody knows any more who complains.
    hours.later = timedelta(minutes=61)
    until(lambda: len(gate.parking) > 100)
    passed = len(smtp_sink.mails)
    an_invoice(late)
    sender.join()
    assert [mail.message["Subject"] for mail in smtp_sink.mails[passed:]].count("Factura") == 1
    assert len(smtp_sink.mails) <= passed + 2
    # Somebody complains while the mails wait; then mail is read again.
    parked = next(person(n) for n in reversed(range(COUNT)) if person(n) not in held | {late})
    api.case(parked, at=clock.now())
    mail_was_read(hours.now() + timedelta(seconds=1))
    hours.later += timedelta(seconds=2)
    gate.look_again()
    assert told == ["sent"]
    assert len(gate.parking) == 0
    newsletters = [one for one in smtp_sink.mails if one.message["Subject"] != "Factura"]
    counts = Counter(mail.recipients[0] for mail in newsletters)
    wanted = {person(n) for n in range(COUNT)} - held - {late, parked}
    assert counts == dict.fromkeys(wanted, 1)
