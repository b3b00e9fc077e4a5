"""An agent changes what waits to be said in a case: it leaves now, or not at all."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import outbox, queues
from bot.outbox import OutgoingMail, State
from cases.case import Case


class LeftAlready(Exception):
    """It waits no longer: it left, or was cancelled."""


def find(session: Session, case: Case, mail_id: int) -> OutgoingMail:
    """The mail of that case, locked; the case must be locked. Raises LeftAlready."""
    found = session.get(OutgoingMail, mail_id, with_for_update=True, populate_existing=True)
    if found is None or found.case_id != case.id or not found.automatic:
        raise LeftAlready(f"{mail_id} does not wait in case {case.id}")
    return found


def cancel(session: Session, mail: OutgoingMail, *, by: str, at: datetime) -> None:
    """It is not sent. Raises LeftAlready."""
    if mail.state not in (State.PENDING, State.DEFERRED, State.CLAIMED):
        raise LeftAlready(mail.state)
    outbox.take_back(session, mail, f"cancelled by {by}", by=by, at=at)


def send_now(session: Session, mail: OutgoingMail, *, at: datetime) -> None:
    """It leaves at once, unless something forbids it for good. Raises LeftAlready."""
    if not outbox.send_now(mail, at=at):
        raise LeftAlready(mail.state)
    queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
