"""Long lists, a page at a time: each page begins below the last row of the one before.

The address names that row by its number, so that nobody's name is in an address; and rows that come
or go meanwhile neither repeat others nor hide them.
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
    """One page of a list; where it goes on, "" at its end; where it begins, "" at its beginning."""

    rows: list[Row]
    further: str
    start: str


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
    said = request.args.get(named, "")
    below = _below(session, order, said)
    some = query if below is None else query.where(below)
    numbered = some.add_columns(_plain(order[-1])).order_by(*order).limit(shown + 1)
    found = session.execute(numbered).all()
    more = _address(at, named, found[shown - 1][-1]) if len(found) > shown else ""
    start = _address(at, named) if said else ""
    return Shown([row_of(row) for row in found[:shown]], more, start)


def asked(*names: str) -> dict[str, str]:
    """What the address says of those filters, where it says something."""
    said = {name: request.args.get(name, "").strip()[:LONGEST] for name in names}
    return {name: value for name, value in said.items() if value}


def _below(session: Session, order: Order, said: str) -> ColumnElement[bool] | None:
    """What comes after the row of that number; nothing is left out where there is none."""
    columns = [_plain(one) for one in order]
    number = whole(said) if columns[-1].type.python_type is int else said
    if not number:
        return None
    last: Sequence[Any] = (number,)
    if len(columns) > 1:
        last = session.execute(select(*columns).where(columns[-1] == number)).first() or ()
    steps = [
        and_(*(columns[n] == last[n] for n in range(place)), _after(one, last[place]))
        for place, one in enumerate(order if last else ())
    ]
    return or_(*steps) if steps else None


def _after(one: Column, value: Any) -> ColumnElement[bool]:
    """What stands behind that value in the order of the column."""
    kept = literal(value, _plain(one).type)
    return _plain(one) < kept if _falls(one) else one > kept


def _falls(one: Column) -> bool:
    return isinstance(one, UnaryExpression) and one.modifier is operators.desc_op


def _plain(one: Column) -> Column:
    return one.element if isinstance(one, UnaryExpression) and _falls(one) else one


def _address(at: str, named: str, last: Any = None) -> str:
    kept = {name: value for name, value in request.args.items() if name not in ("done", named)}
    said = urlencode(kept if last is None else kept | {named: last})
    return f"{at}?{said}#{named}" if said else f"{at}#{named}"
