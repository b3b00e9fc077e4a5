"""The mailboxes and the relay: can we sign in?"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from bot.composing import dkim_signing
from bot.delivery.smtp import DeliveryFailure, Relay
from bot.settings import settings as bot_settings
from cases import clock
from cases.db import reading
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.mailbox.xoauth import GrantLost, ProviderAway
from cases.settings import BadSetting
from cases.signing import Tampered
from inbox.command.doctor.found import Found, good, surprised, unknown, wrong
from inbox.intake.accounts import account_of
from inbox.intake.imap import Connection, ImapFailure

SILENT = timedelta(minutes=10)


def mailboxes() -> Iterator[Found]:
    with reading() as session:
        boxes = session.scalars(select(Mailbox).order_by(Mailbox.address)).all()
    if not boxes:
        yield wrong(_("mailboxes"), _("there is none"), _("Run: tregua mailbox add"))
    for box in boxes:
        yield _mailbox(box)


def _mailbox(box: Mailbox) -> Found:
    part = _("mailbox {address}", address=box.address)
    if box.paused:
        return unknown(part, _("is paused"), f"tregua mailbox resume {box.address}")
    try:
        account = account_of(box.id)
        if account is None:
            return unknown(part, _("is paused"))
        with Connection(account) as connection:
            connection.open(box.folder)
    except Tampered as failure:
        return surprised(part, failure, _("Put the secret of before into TREGUA_OLD_SECRET_KEYS."))
    except (ImapFailure, GrantLost, ProviderAway) as failure:
        advice = _("Try again with: tregua mailbox test {address}", address=box.address)
        return surprised(part, failure, advice)
    if box.last_ok_at is None or clock.now() - box.last_ok_at > SILENT:
        return unknown(part, _("can be read, but nobody reads it now"), _("Run: tregua up"))
    return good(part, _("signed in"))


def relay() -> Iterator[Found]:
    chosen = bot_settings()
    part = _("relay {host}", host=f"{chosen.smtp_host}:{chosen.smtp_port}")
    try:
        with Relay() as smtp:
            smtp.greet()
    except DeliveryFailure as failure:
        advice = _("Check TREGUA_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD.")
        yield surprised(part, failure, advice)
        return
    yield good(part, _("takes us"))


def signatures() -> Iterator[Found]:
    """For each domain that we write from, where mails are to be signed at all."""
    chosen = dkim_signing.settings()
    if not chosen.dkim_selector:
        return
    with reading() as session:
        addresses = session.scalars(select(Mailbox.address)).all()
    domains = {address.rpartition("@")[2] for address in addresses}
    for domain in sorted(domains & set(chosen.dkim_domains or domains)):
        yield _signature(domain)


def _signature(domain: str) -> Found:
    part = _("DKIM signature for {domain}", domain=domain)
    try:
        dkim_signing.check(domain)
    except BadSetting as failure:
        advice = _("Check TREGUA_DKIM_SELECTOR and TREGUA_DKIM_KEY_FILE.")
        return surprised(part, failure, advice)
    return good(part, _("mails are signed"))
