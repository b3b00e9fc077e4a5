"""From the outbox to the relay: claim, act, record. No transaction while the relay thinks."""

import logging
from contextlib import closing
from threading import Lock

from bot.delivery import claiming
from bot.delivery.recording import Ledger, is_too_old
from bot.delivery.relays import Relays
from bot.delivery.smtp import (
    PermanentFailure,
    Relay,
    SignInFailure,
    TemporaryFailure,
    Uncertain,
    Withdrawn,
)
from bot.outbox import OutgoingMail, State
from bot.settings import settings
from cases import failpoints

log = logging.getLogger(__name__)
_draining = Lock()
NOT_TAKEN = "not taken for"


def deliver_due() -> int:
    """Send all that is due over kept connections; how many were accepted."""
    # The doorbell and the sweep of one process take turns; other processes are told by the rows.
    with _draining, Relays() as relays:
        accepted = 0
        while ids := claiming.due():
            mails = claiming.claim(ids)
            failpoints.pass_by("claimed")
            relays.learn(mails)
            sent = _send(mails, relays)
            accepted += sent
            if not sent:
                break
        return accepted


def _send(mails: list[OutgoingMail], relays: Relays) -> int:
    """Send claimed mails one after the other; how many were accepted."""
    with closing(Ledger()) as ledger:
        return sum(_deliver(mail, relays, ledger) for mail in mails)


def _deliver(mail: OutgoingMail, relays: Relays, ledger: Ledger) -> bool:
    state, said = _hand_over(mail, relays, ledger)
    failpoints.pass_by("body-sent")
    if state is not None:
        ledger.settle(mail, state, said)
        log.info("outgoing mail %s: %s", mail.id, state)
    return state is State.ACCEPTED


def _goes_out(mail: OutgoingMail, ledger: Ledger) -> bool:
    """Note that the body is about to leave; False if the mail is no longer ours to send."""
    ours = ledger.goes_out(mail)
    failpoints.pass_by("data-said")
    return ours


def recipients(mail: OutgoingMail) -> list[str]:
    """Who gets it: the recipient and the others a person named, and the journal that proves it."""
    journal = settings().journal
    return [mail.recipient, *mail.also, *([journal] if journal else [])]


def _hand_over(mail: OutgoingMail, relays: Relays, ledger: Ledger) -> tuple[State | None, str]:
    try:
        relay = relays.of(mail)
        said = relay.send(
            mail.sender,
            recipients(mail),
            mail.content,
            before_body=lambda: _goes_out(mail, ledger),
        )
    except Withdrawn:
        return None, ""
    except TemporaryFailure as failure:
        if isinstance(failure, SignInFailure):
            relays.refused(mail)
        old = is_too_old(mail)
        return State.REJECTED if old else State.DEFERRED, str(failure)
    except PermanentFailure as failure:
        return State.REJECTED, str(failure)
    except Uncertain as failure:
        return State.UNCERTAIN, str(failure)
    return State.ACCEPTED, said + _not_taken(mail, relay)


def _not_taken(mail: OutgoingMail, relay: Relay) -> str:
    """Who of the others did not get it, for the agent who wrote to them."""
    refused = [f"{one}: {relay.not_taken[one]}" for one in mail.also if one in relay.not_taken]
    return f" {NOT_TAKEN} {'; '.join(refused)}" if refused else ""
