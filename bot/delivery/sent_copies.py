"""Copies of what we sent, for the account's own Sent folder: which are owed, and what became."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.outbox import OutgoingMail, Purpose, State
from cases.case import Case
from cases.db import Base
from cases.mailbox import Mailbox

TRIES = 5
OWED_FOR = timedelta(days=7)
"""An older mail is not laid down any more: nobody looks for it as if it were new."""
FIRST_RETRY = timedelta(minutes=5)


class CopyState(StrEnum):
    """Where a copy is."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


class SentCopy(Base):
    """One copy that was tried: what fails here never touches the mail itself."""

    __tablename__ = "sent_copy"

    outgoing_id: Mapped[int] = mapped_column(ForeignKey("outgoing_mail.id"), primary_key=True)
    state: Mapped[CopyState] = mapped_column(default=CopyState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy to be laid down."""

    outgoing_id: int
    rfc_id: str
    content: bytes
    sent_at: datetime
    tried_before: bool
    """It may lie there already: the last try ended without a word."""


def owing(session: Session, now: datetime) -> list[int]:
    """The mailboxes whose Sent folder lacks something."""
    return list(
        session.scalars(
            select(Mailbox.id)
            .where(Mailbox.copy_sent, ~Mailbox.paused)
            .where(select(OutgoingMail.id).join(Case).where(*_owed(now)).exists())
        )
    )


def _owed(now: datetime) -> Sequence[ColumnElement[bool]]:
    tried = select(SentCopy.outgoing_id).where(
        SentCopy.outgoing_id == OutgoingMail.id,
        or_(SentCopy.state != CopyState.WAITING, SentCopy.due_at > now),
    )
    return (
        Case.mailbox_id == Mailbox.id,
        OutgoingMail.state == State.ACCEPTED,
        OutgoingMail.purpose != Purpose.TEST,
        OutgoingMail.settled_at > now - OWED_FOR,
        ~tried.exists(),
    )


def take(session: Session, mailbox_id: int, now: datetime, limit: int = 20) -> list[Copy]:
    """Copies to be laid down now, the oldest first; the try is counted before it is made."""
    mails = session.scalars(
        select(OutgoingMail)
        .join(Case)
        .join(Mailbox, Mailbox.id == Case.mailbox_id)
        .where(Mailbox.id == mailbox_id, *_owed(now))
        .order_by(OutgoingMail.id)
        .limit(limit)
    ).all()
    taken = [_taken(session, mail, now) for mail in mails]
    session.flush()
    return taken


def _taken(session: Session, mail: OutgoingMail, now: datetime) -> Copy:
    row = session.get(SentCopy, mail.id)
    if row is None:
        row = SentCopy(outgoing_id=mail.id, attempts=0, due_at=now)
        session.add(row)
    row.attempts += 1
    row.due_at = now + FIRST_RETRY * 2 ** (row.attempts - 1)
    if row.attempts >= TRIES:
        row.state = CopyState.GIVEN_UP
    at = mail.settled_at or mail.queued_at
    return Copy(mail.id, mail.rfc_id, mail.content, at, row.attempts > 1)


def record(session: Session, outgoing_id: int, failure: str = "") -> None:
    """It lies there now, or why not: then it is tried again, a few times."""
    row = session.get_one(SentCopy, outgoing_id)
    row.last_error = failure[:500]
    if not failure:
        row.state = CopyState.DONE
