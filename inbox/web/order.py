"""The order of a list, page by page: each begins behind the last row of the one before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, literal, or_, tuple_

from cases.case import Case
from cases.language import gettext as _

PAGE = 50
Query = TypeVar("Query", bound="Select[*tuple[Any, ...]]")


class Order(StrEnum):
    """What comes first."""

    DUE = "due"
    PRIORITY = "priority"
    NEWEST = "newest"
    OLDEST = "oldest"


NAMES = frozenset(Order)


def name(order: Order) -> str:
    return {
        Order.DUE: _("Deadline first"),
        Order.PRIORITY: _("What presses most"),
        Order.NEWEST: _("Newest first"),
        Order.OLDEST: _("Oldest first"),
    }[order]


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row a page begins."""

    at: datetime | None
    """Of the row; where the weight decides, when it was weighed."""
    id: int
    weight: int | None = None

    def __str__(self) -> str:
        at = self.at.isoformat() if self.at else ""
        return "~".join(str(part) for part in (at, self.weight, self.id) if part is not None)


def place(text: str) -> Place | None:
    """The place that a page's address names; None for the beginning or for nonsense."""
    at, *numbers = text.split("~")
    if len(numbers) not in (1, 2) or not all(map(_is_number, numbers)):
        return None
    try:
        instant = datetime.fromisoformat(at) if at else None
    except ValueError:
        return None
    if instant is not None and instant.tzinfo is None:
        return None
    return Place(instant, int(numbers[-1]), int(numbers[0]) if len(numbers) == 2 else None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def place_of(case: Case | Row[Any], order: Order) -> Place:
    """Where the next page begins if this was the last row."""
    return Place(case.last_at if order in (Order.NEWEST, Order.OLDEST) else case.due_at, case.id)


def by_weight(
    query: Select[*tuple[Any, ...]], weight: ColumnElement[int], behind: Place | None
) -> Select[*tuple[Any, ...]]:
    """What weighs most first, from behind that place on; one more than a page has."""
    if behind is not None and behind.weight is not None:
        same = and_(weight == behind.weight, Case.id < behind.id)
        query = query.where(or_(weight < behind.weight, same))
    return query.order_by(weight.desc(), Case.id.desc()).limit(PAGE + 1)


def sorted_by(query: Query, order: Order, behind: Place | None) -> Query:
    """The rows in that order, from behind that place on; one more than a page has."""
    if behind is not None:
        query = query.where(_behind(order, behind))
    return query.order_by(*rules(order, Case)).limit(PAGE + 1)


def rules(order: Order, of: Any) -> tuple[ColumnElement[Any], ...]:
    """What the rows are sorted by: cases, or something with the same columns."""
    if order is Order.NEWEST:
        return of.last_at.desc(), of.id.desc()
    if order is Order.OLDEST:
        return of.last_at.asc(), of.id.asc()
    return of.due_at.asc().nulls_last(), of.id.asc()


def _behind(order: Order, last: Place) -> ColumnElement[bool]:
    if order is Order.OLDEST:
        return _after(last, up=True)
    if order is Order.NEWEST:
        return _after(last, up=False)
    if last.at is None:
        return and_(Case.due_at.is_(None), Case.id > last.id)
    same = and_(Case.due_at == last.at, Case.id > last.id)
    return or_(Case.due_at > last.at, same, Case.due_at.is_(None))


def _after(last: Place, *, up: bool) -> ColumnElement[bool]:
    if last.at is None:
        return Case.id > last.id if up else Case.id < last.id
    # As one pair: with an OR the index would be read from its beginning again.
    here, there = tuple_(Case.last_at, Case.id), tuple_(literal(last.at), literal(last.id))
    return here > there if up else here < there
