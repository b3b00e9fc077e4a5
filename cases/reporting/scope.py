"""Which cases and which span of time a report is about."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import True_

from cases.case import Case


@dataclass(frozen=True, slots=True)
class Scope:
    """From `since` up to `until`, only cases that fulfil all of `only`."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    only: tuple[ColumnElement[bool], ...] = ()

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    @property
    def before(self) -> "Scope":
        """The span of the same length that ended where this one begins."""
        return replace(self, since=self.since - self.length, until=self.since)

    @property
    def both(self) -> "Scope":
        """This span and the one before as one, to be asked about in one go."""
        return replace(self, since=self.before.since)

    def covers(self, instant: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that something happened in the span, in a case of the scope."""
        return and_(instant >= self.since, instant < self.until, *self.only)

    def opened(self) -> ColumnElement[bool]:
        """The condition that a person's case was opened in the span."""
        return and_(self.covers(Case.opened_at), Case.bulk.is_(False))

    @property
    def is_about_all(self) -> bool:
        """Whether it leaves out no case."""
        return all(isinstance(one, True_) for one in self.only)

    def days(self) -> list[str]:
        """The local days of the span, as 2026-11-25."""
        first, last = (at.astimezone(self.zone).date() for at in (self.since, self.until))
        return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def hour_of(session: Session, instant: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The UTC hour of an instant, so that the database can group by it; read by `local_hour`."""
    return _cut(session, instant, "hour", 13)


def day_of(session: Session, instant: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The UTC day of an instant."""
    return _cut(session, instant, "day", 10)


def _cut(
    session: Session, instant: InstrumentedAttribute[Any], unit: str, letters: int
) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(instant, 1, letters)
    # No text: to make one of each row costs more than all the rest.
    return func.date_trunc(unit, func.timezone("UTC", instant))


def local_hour(said: str | datetime, zone: ZoneInfo) -> datetime:
    """That hour in the zone of the shop."""
    hour = datetime.fromisoformat(f"{said}:00") if isinstance(said, str) else said
    return hour.replace(tzinfo=UTC).astimezone(zone)
