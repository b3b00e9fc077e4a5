"""The order of a list, page by page: each begins behind the last row of the one before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_

from cases.agent import Agent
from cases.case import Case
from cases.language import gettext as _

PAGE = 50


class Order(StrEnum):
    """What comes first."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


NAMES = frozenset(Order)


def name(order: Order) -> str:
    return {
        Order.DUE: _("Deadline first"),
        Order.NEWEST: _("Newest first"),
        Order.OLDEST: _("Oldest first"),
    }[order]


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row a page begins."""

    at: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat() if self.at else ''}~{self.id}"


def place(text: str) -> Place | None:
    """The place that a page's address names; None for the beginning or for nonsense."""
    at, tilde, number = text.rpartition("~")
    if not tilde or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    try:
        instant = datetime.fromisoformat(at) if at else None
    except ValueError:
        return None
    return None if instant is not None and instant.tzinfo is None else Place(instant, int(number))


def place_of(case: Case, order: Order) -> Place:
    """Where the next page begins if this was the last row."""
    return Place(case.due_at if order is Order.DUE else case.last_at, case.id)


def sorted_by(
    query: Select[Case, Agent], order: Order, behind: Place | None
) -> Select[Case, Agent]:
    """The rows in that order, from behind that place on; one more than a page has."""
    if behind is not None:
        query = query.where(_behind(order, behind))
    rules: dict[Order, tuple[ColumnElement[Any], ...]] = {
        Order.DUE: (Case.due_at.asc().nulls_last(), Case.id.desc()),
        Order.NEWEST: (Case.last_at.desc(), Case.id.desc()),
        Order.OLDEST: (Case.last_at.asc(), Case.id.asc()),
    }
    return query.order_by(*rules[order]).limit(PAGE + 1)


def _behind(order: Order, last: Place) -> ColumnElement[bool]:
    if order is Order.OLDEST:
        return _after(last, up=True)
    if order is Order.NEWEST:
        return _after(last, up=False)
    if last.at is None:
        return and_(Case.due_at.is_(None), Case.id < last.id)
    same = and_(Case.due_at == last.at, Case.id < last.id)
    return or_(Case.due_at > last.at, same, Case.due_at.is_(None))


def _after(last: Place, *, up: bool) -> ColumnElement[bool]:
    if last.at is None:
        return Case.id > last.id if up else Case.id < last.id
    later = Case.last_at > last.at if up else Case.last_at < last.at
    beside = Case.id > last.id if up else Case.id < last.id
    return or_(later, and_(Case.last_at == last.at, beside))
