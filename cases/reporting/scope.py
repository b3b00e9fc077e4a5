"""Which cases and which span of time a report is about, day by day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from cases.case import Case
from cases.db import Utc

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


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When that day begins there, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def listed(session: Session, days: list[Day]) -> CTE:
    """The days as a table: n, since, until. Each is then looked up by itself in an index.

    They are said with one or two parameters: so the statement is the same for any number of days.
    """
    since, until = [one.since for one in days], [one.until for one in days]
    if session.get_bind().dialect.name == "postgresql":
        arrays = (bindparam(None, one, type_=ARRAY(Utc), unique=True) for one in (since, until))
        row = func.unnest(*arrays).table_valued("since", "until", with_ordinality="n")
        table = row.render_derived().c
        return _days(table.n - 1, table.since, table.until)
    pairs = bindparam(None, [*zip(since, until, strict=True)], type_=_Bounds, unique=True)
    table = func.json_each(pairs).table_valued("key", "value").c
    bounds = (func.json_extract(table.value, place) for place in ("$[0]", "$[1]"))
    return _days(table.key, *bounds)


def _days(*columns: Any) -> CTE:
    named = zip(columns, (Integer, Utc, Utc), ("n", "since", "until"), strict=True)
    return select(*(type_coerce(one, kind).label(name) for one, kind, name in named)).cte("days")


class _Bounds(TypeDecorator[list[Any]]):
    """Pairs of instants as the JSON of what SQLite keeps of them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> str:
        kept = "%Y-%m-%d %H:%M:%S.%f"
        return json.dumps(
            [[at.astimezone(UTC).strftime(kept) for at in one] for one in value or ()]
        )


def in_day(days: CTE, instant: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition that something happened on a day of the table."""
    return and_(instant >= days.c.since, instant < days.c.until)


def hour_of(session: Session, instant: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The UTC hour of an instant, so that the database can group by it; read by `local_hour`."""
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(instant, 1, 13)
    # No text: to make one of each row costs more than all the rest.
    return func.date_trunc("hour", func.timezone("UTC", instant))


def local_hour(said: str | datetime, zone: ZoneInfo) -> datetime:
    """That hour in the zone of the shop."""
    hour = datetime.fromisoformat(f"{said}:00") if isinstance(said, str) else said
    return hour.replace(tzinfo=UTC).astimezone(zone)
