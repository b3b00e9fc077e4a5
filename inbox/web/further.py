"""Long lists, a page at a time: each page begins below the last row of the one before.

The address names that row by its number, never by what stands in it, so that nobody's name is in an
address; and rows that come or go meanwhile neither repeat others nor hide them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import operators

from inbox.web.ids import whole

SHOWN, LONGEST = 100, 100
Row = TypeVar("Row")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Order = Sequence[Column]


@dataclass(frozen=True, slots=True)
class Shown(Generic[Row]):
    """One page of a list, and where the next one is; "" where this is the last."""

    rows: list[Row]
    further: str


def page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    order: Order,
    row_of: Callable[[Any], Row],
    *,
    at: str,
    named: str = "below",
    shown: int = SHOWN,
) -> Shown[Row]:
    """The page of the list at that address; the last column of its order is the number of a row."""
    below = _below(session, order, request.args.get(named, ""))
    asked = query if below is None else query.where(below)
    found = [
        (row_of(row), row[-1])
        for row in session.execute(
            asked.add_columns(_plain(order[-1])).order_by(*order).limit(shown + 1)
        )
    ]
    more = _address(at, named, found[shown - 1][1]) if len(found) > shown else ""
    return Shown([row for row, _number in found[:shown]], more)


def asked(*names: str) -> dict[str, str]:
    """What the address says of those filters, where it says something."""
    said = {name: request.args.get(name, "").strip()[:LONGEST] for name in names}
    return {name: value for name, value in said.items() if value}


def _below(session: Session, order: Order, said: str) -> ColumnElement[bool] | None:
    """What comes after the row of that number; nothing is left out where there is none."""
    number = whole(said) if _plain(order[-1]).type.python_type is int else said
    if not number:
        return None
    columns = [_plain(one) for one in order]
    last: Sequence[Any] | None = (number,)
    if len(columns) > 1:
        last = session.execute(select(*columns).where(columns[-1] == number)).first()
    if last is None:
        return None
    steps = [
        and_(*(columns[n] == literal(last[n]) for n in range(place)), _after(one, last[place]))
        for place, one in enumerate(order)
    ]
    return or_(*steps)


def _after(one: Column, value: Any) -> ColumnElement[bool]:
    """What stands behind that value in the order of the column."""
    # A value alone, since a comparison with True would be taken for a mistake.
    column, falls = _plain(one), _falls(one)
    return column < literal(value) if falls else column > literal(value)


def _falls(one: Column) -> bool:
    return isinstance(one, UnaryExpression) and one.modifier is operators.desc_op


def _plain(one: Column) -> Column:
    return one.element if isinstance(one, UnaryExpression) and _falls(one) else one


def _address(at: str, named: str, last: Any) -> str:
    args = {**request.args.to_dict(), named: str(last)}
    args.pop("done", None)
    return f"{at}?{urlencode(args)}#{named}"
