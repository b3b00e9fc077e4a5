"""Mail of marketing that was seen in a mailbox, and what is thought of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base


class Finding(StrEnum):
    """What is thought of a mail of marketing that was seen."""

    ASKED = "asked"
    """It bears a receipt of ours that was good when it came."""
    HARMLESS = "harmless"
    """Nobody asked, and nobody was held."""
    UNASKED = "unasked"


class Sighting(Base):
    """One mail of marketing that came by."""

    __tablename__ = "sighting"

    message_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str]
    jti: Mapped[str] = mapped_column(default="")
    finding: Mapped[Finding]
    held: Mapped[list[str]] = mapped_column(default=list)
    """Which of its recipients were on truce when it came."""


def by_sender(session: Session, since: datetime) -> Sequence[tuple[str, int]]:
    """How often each sender wrote to people on truce without asking: the weekly report."""
    rows = session.execute(
        select(Sighting.sender, func.count())
        .where(Sighting.finding == Finding.UNASKED, Sighting.at >= since)
        .group_by(Sighting.sender)
        .order_by(func.count().desc())
    )
    return [(sender, count) for sender, count in rows]
