"""Tries a mailbox step by step, as somebody asked in a page: signing in, its folders, its relay."""

from collections.abc import Iterator

from sqlalchemy import select

from bot.delivery import relays
from bot.delivery.smtp import DeliveryFailure, Relay
from cases import clock, signing
from cases.db import reading, transaction
from cases.mailbox import Mailbox
from cases.mailbox.xoauth import GrantLost, ProviderAway
from inbox.intake.accounts import account_of
from inbox.intake.imap import Connection, FolderRefused, ImapFailure
from inbox.spool.checks import Check, Said, Step


def check_waiting() -> int:
    """Do the trials that wait; how many."""
    with reading() as session:
        waiting = session.scalars(select(Check).where(Check.done_at.is_(None))).all()
    for one in waiting:
        steps = [*_reading(one.mailbox_id), *_sending(one.mailbox_id)]
        with transaction() as session:
            kept = session.get_one(Check, one.id)
            kept.steps, kept.done_at = steps, clock.now()
    return len(waiting)


def _reading(mailbox_id: int) -> Iterator[Said]:
    try:
        account = account_of(mailbox_id, paused_too=True)
        if account is None:
            return
        with Connection(account) as connection:
            yield _good(Step.SIGN_IN, f"{account.host}:{account.port}")
            yield _good(Step.FOLDER, f"{connection.folder.exists}")
            yield _good(Step.NEWS, "idle" if connection.can_idle() else "")
            yield _good(Step.FOLDERS, ", ".join(connection.folders())[:2000])
    except FolderRefused as refused:
        yield _good(Step.SIGN_IN, "")
        yield Said(step=Step.FOLDER, ok=False, said=str(refused))
    except (ImapFailure, GrantLost, ProviderAway, signing.Tampered) as failure:
        yield Said(step=Step.SIGN_IN, ok=False, said=str(failure))


def _sending(mailbox_id: int) -> Iterator[Said]:
    with reading() as session:
        if not session.get_one(Mailbox, mailbox_id).smtp_host:
            return
    try:
        way = relays.way_of(mailbox_id)
        with Relay(way) as relay:
            relay.greet()
        yield _good(Step.RELAY, f"{way.host}:{way.port}")
    except DeliveryFailure as failure:
        yield Said(step=Step.RELAY, ok=False, said=str(failure))


def _good(step: Step, said: str) -> Said:
    return Said(step=step, ok=True, said=said)
