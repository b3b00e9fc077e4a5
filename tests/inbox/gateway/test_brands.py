"""The gate of one brand waits while that brand's mail is not read, and for no other's trouble."""

import json
import smtplib
from datetime import timedelta
from email.message import EmailMessage

import click
import pytest

from cases import Mailbox, clock
from cases.db import transaction
from inbox.command.gates import look_out
from inbox.gateway.server import serving
from inbox.gateway.settings import settings
from tests.servers.ports import free_port

EVA = "eva@cliente.example"
OWN, OTHER = "soporte@tienda.example", "soporte@otra.example"


@pytest.fixture
def gate_for(installation, monkeypatch, smtp_sink):
    """Makes the gate of those mailboxes, as the command does."""

    def made(*mailboxes):
        monkeypatch.setenv("TREGUA_GATE_PORT", str(free_port()))
        monkeypatch.setenv("TREGUA_GATE_RELAY_PORT", str(smtp_sink.port))
        monkeypatch.setenv("TREGUA_GATE_MAILBOXES", json.dumps(mailboxes))
        settings.cache_clear()
        return serving(look_out())

    yield made
    settings.cache_clear()


def a_mailbox(address, minutes):
    now = clock.now()
    with transaction() as session:
        box = Mailbox(address=address, imap_host="x", imap_user="x", created_at=now)
        box.last_ok_at = now - timedelta(minutes=minutes)
        session.add(box)


def send(campaign_class):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "tienda@tienda.example", EVA, campaign_class
    mail["X-Tregua-Class"] = campaign_class
    mail.set_content("…")
    with smtplib.SMTP("127.0.0.1", settings().gate_port) as smtp:
        assert smtp.send_message(mail) == {}


@pytest.mark.parametrize(
    ("late", "mailboxes", "parked"),
    [(OWN, (), 1), (OWN, (OWN,), 1), (OTHER, (OWN,), 0), (OTHER, (), 1)],
)
def test_after_an_hour_without_mail_marketing_waits_and_invoices_go(
    gate_for, smtp_sink, late, mailboxes, parked
):
    for one in (OWN, OTHER):
        a_mailbox(one, 61 if one == late else 0)
    with gate_for(*mailboxes) as gate:
        for campaign_class in ("promotional", "transactional"):
            send(campaign_class)
        assert len(gate.parking) == parked
    got = [mail.message["Subject"] for mail in smtp_sink.mails]
    assert got == ["promotional"] * (1 - parked) + ["transactional"]


def test_a_mailbox_that_is_not_there_is_said_at_the_start(gate_for):
    with pytest.raises(click.UsageError, match="nobody@tienda"):
        gate_for("nobody@tienda.example")
