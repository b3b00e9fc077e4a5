"""From the outbox to the relay: claim, act, record. No transaction while the relay thinks."""

import logging
from threading import Lock

from bot import outbox
from bot.outbox import OutgoingMail, State
from bot.settings import settings
from bot.smtp import PermanentFailure, Relay, TemporaryFailure, Uncertain, Withdrawn
from cases import failpoints

log = logging.getLogger(__name__)
_draining = Lock()


def deliver_due() -> int:
    """Send all that is due over one kept connection; how many were accepted."""
    # The doorbell and the sweep of one process take turns; other processes are told by the rows.
    with _draining, Relay() as relay:
        accepted = 0
        while ids := outbox.due():
            before = accepted
            accepted += sum(deliver(mail_id, relay) for mail_id in ids)
            if accepted == before:
                break
        return accepted


def deliver(mail_id: int, relay: Relay) -> bool:
    """Send one mail; whether the relay took it."""
    mail = outbox.claim(mail_id)
    if mail is None:
        return False
    failpoints.pass_by("claimed")
    state, said = _hand_over(mail, relay)
    failpoints.pass_by("body-sent")
    if state is not None:
        outbox.record(mail, state, said)
        log.info("outgoing mail %s: %s", mail.id, state)
    return state is State.ACCEPTED


def _goes_out(mail: OutgoingMail) -> bool:
    """Note that the body is about to leave; False if the mail is no longer ours to send."""
    ours = outbox.record(mail, State.DATA_SENT)
    failpoints.pass_by("data-said")
    return ours


def recipients(mail: OutgoingMail) -> list[str]:
    """Who gets it: the recipient, and in the same transaction the journal that proves it."""
    journal = settings().journal
    return [mail.recipient, journal] if journal else [mail.recipient]


def _hand_over(mail: OutgoingMail, relay: Relay) -> tuple[State | None, str]:
    try:
        said = relay.send(
            mail.sender,
            recipients(mail),
            mail.content,
            before_body=lambda: _goes_out(mail),
        )
    except Withdrawn:
        return None, ""
    except TemporaryFailure as failure:
        old = outbox.is_too_old(mail)
        return State.REJECTED if old else State.DEFERRED, str(failure)
    except PermanentFailure as failure:
        return State.REJECTED, str(failure)
    except Uncertain as failure:
        return State.UNCERTAIN, str(failure)
    return State.ACCEPTED, said
