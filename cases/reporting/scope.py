"""Which cases and which span of time a report is about, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from cases.case import Case
from cases.hours import midnight

Found = Mapping[str, Mapping[str, int]]
"""What was counted: of each part, how often each of its names."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day as instants; the last one of a span may end before midnight."""

    date: date
    since: datetime
    until: datetime


Kept = dict[tuple[str, datetime, datetime], Found]
"""What was counted before, by kind and day."""


@dataclass(frozen=True, slots=True)
class Scope:
    """From `since` up to `until`, only cases that fulfil all of `only`."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    only: tuple[ColumnElement[bool], ...] = ()
    kept: Kept | None = None
    """Sums of the same cases that need no counting; what is counted is kept there."""

    @property
    def before(self) -> "Scope":
        """The span before: the same days of the week, and up to the same time of the day."""
        apart = timedelta(days=len(self.days()))
        return replace(self, since=_local(self, -apart), until=_local(self, -apart, end=True))

    def covers(self, instant: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that something happened in the span, in a case of the scope."""
        return and_(instant >= self.since, instant < self.until, *self.only)

    def of_either(self, instant: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that something happened in this span or in the one before."""
        spans = ((instant >= one.since) & (instant < one.until) for one in (self, self.before))
        return or_(*spans)

    def opened(self) -> ColumnElement[bool]:
        """The condition that a person's case was opened in the span."""
        return and_(self.covers(Case.opened_at), Case.bulk.is_(False))

    def days(self) -> list[Day]:
        """The local days of the span."""
        first, last = (at.astimezone(self.zone).date() for at in (self.since, self.until))
        dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        made = [
            Day(one, midnight(one, self.zone), midnight(one + _DAY, self.zone)) for one in dates
        ]
        cut = (
            Day(one.date, max(one.since, self.since), min(one.until, self.until)) for one in made
        )
        return [one for one in cut if one.since < one.until]


def _local(scope: Scope, apart: timedelta, *, end: bool = False) -> datetime:
    """That instant so many days away, at the same time on the clock."""
    instant = scope.until if end else scope.since
    return (instant.astimezone(scope.zone) + apart).astimezone(UTC)
