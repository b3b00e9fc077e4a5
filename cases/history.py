"""What happened in a case: rows are added, never changed."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from cases.db import Base

if TYPE_CHECKING:
    from cases.case import Case


class What(StrEnum):
    """The kinds of event."""

    OPENED = "opened"
    MESSAGE_RECEIVED = "message_received"
    ANSWERED = "answered"
    AUTOMATIC_REPLY = "automatic_reply"
    SILENCE = "silence"
    NOTED = "noted"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    TAGGED = "tagged"
    """By the classifier: what people and rules call tags is `RETAGGED`."""
    RETAGGED = "retagged"
    CORRECTED = "corrected"
    MERGED = "merged"
    SPLIT = "split"
    UNDONE = "undone"
    WARNED = "warned"
    """A promise is about to be broken."""
    BREACHED = "breached"
    QUIET = "quiet"
    """Nothing happened for long, so the owner is asked whether the case is still open."""
    OWED = "owed"
    """What is unanswered changed, since messages came from another case or went there."""
    WAITING = "waiting"
    RESUMED = "resumed"
    INFORMED = "informed"
    CALL_PROMISED = "call_promised"
    CALLED = "called"
    BOUNCED = "bounced"
    RELEASED = "released"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    FORWARDED = "forwarded"
    RENAMED = "renamed"
    LINKED = "linked"
    SENT = "sent"
    NOT_SENT = "not_sent"


class Event(Base):
    """One thing that happened. Readers outside `cases` take rows whose `noticed_at` is empty."""

    __tablename__ = "event"
    __table_args__ = (
        Index(
            "ix_event_unnoticed",
            "id",
            postgresql_where=text("noticed_at IS NULL"),
            sqlite_where=text("noticed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    what: Mapped[What]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(default="")
    """An agent's address, or the name of what did it; "" for the customer."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    noticed_at: Mapped[datetime | None]
    case: Mapped["Case"] = relationship(back_populates="events")


def newest(session: Session, case_id: int, what: What) -> int:
    """The number of the last event of that kind in the case, or 0."""
    session.flush()
    theirs = (Event.case_id == case_id) & (Event.what == what)
    return session.scalar(select(func.max(Event.id)).where(theirs)) or 0
