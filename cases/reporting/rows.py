"""The rows of some days, asked for so that the database reads no others."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import True_

from cases.db import Utc
from cases.reporting.scope import Day

FEW = 12
"""So many days are asked for one by one."""


def are_about_all(only: Sequence[ColumnElement[bool]]) -> bool:
    """Whether those conditions leave out no case."""
    return all(isinstance(one, True_) for one in only)


def taken(
    session: Session,
    days: list[Day],
    instant: InstrumentedAttribute[Any],
    *columns: Any,
    where: Sequence[ColumnElement[bool]] = (),
) -> FromClause:
    """The rows of those days with the place of their day, n; the instant is a column of theirs.

    A few days are asked for one by one: so the database knows from its statistics how little that
    is. Many are joined as a table, and the statement is the same for any number of them.
    """
    if len(days) <= FEW:
        one_by_one = (
            select(literal(n, Integer).label("n"), *columns).where(
                instant >= day.since, instant < day.until, *where
            )
            for n, day in enumerate(days)
        )
        return union_all(*one_by_one).subquery("taken")
    table = _listed(session, days)
    in_day = and_(instant >= table.c.since, instant < table.c.until)
    query = select(table.c.n, *columns).join_from(table, instant.class_, in_day)
    return query.where(*where).subquery("taken")


def _listed(session: Session, days: list[Day]) -> CTE:
    """The days as a table: n, since, until; said with one or two parameters."""
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
