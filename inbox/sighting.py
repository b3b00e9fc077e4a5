"""Mail of marketing that was seen in a mailbox, and what is thought of it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.reporting.rows import hour_of, local_hour
from cases.reporting.scope import Scope


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


def forget(session: Session, values: Collection[str]) -> None:
    """Nobody of them is named any more; that somebody was written to is kept."""
    written = cast(Sighting.held, String)
    named = or_(*(written.contains(one, autoescape=True) for one in values))
    for row in session.scalars(select(Sighting).where(named)) if values else ():
        row.held = ["" if one in values else one for one in row.held]


@dataclass(slots=True)
class Around:
    """Mails to people on truce without asking, by the Monday of their week and by sender."""

    mails: Counter[tuple[date, str]] = field(default_factory=Counter)
    people: Counter[tuple[date, str]] = field(default_factory=Counter)
    """How often somebody on truce was among the recipients."""


def around(session: Session, scope: Scope) -> tuple[Around, Around]:
    """What went around the truce in that span and in the one before, whatever the case."""
    hour, is_new = hour_of(session, Sighting.at), Sighting.at >= scope.since
    rows = session.execute(
        select(
            is_new,
            hour,
            Sighting.sender,
            func.count(),
            func.sum(func.coalesce(func.json_array_length(Sighting.held), 0)),
        )
        .where(Sighting.finding == Finding.UNASKED)
        .where(scope.of_either(Sighting.at))
        .group_by(is_new, hour, Sighting.sender)
    )
    now, before = Around(), Around()
    for new, said, sender, mails, people in rows:
        place = monday(local_hour(said, scope.zone).date()), sender
        found = now if new else before
        found.mails[place] += mails
        found.people[place] += int(people)
    return now, before


def monday(day: date) -> date:
    """The first day of the week of that day."""
    return day - timedelta(days=day.weekday())
