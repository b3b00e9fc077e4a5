"""How much came, how promises were kept, and how old what is left has become."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.mail import Origin
from cases.message import Direction, Message
from cases.promises import Mark, PromiseMark
from cases.reporting.scope import Scope, hour_of, local_hour
from cases.sla.policy import Target

AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=14))


@dataclass(frozen=True, slots=True)
class Kept:
    """How often a promise of that kind was kept or broken."""

    target: Target
    kept: int
    broken: int

    @property
    def share(self) -> float | None:
        """None where nothing was promised."""
        known = self.kept + self.broken
        return self.kept / known if known else None


def promises(session: Session, scope: Scope) -> list[Kept]:
    """Promises that were kept or broken in the span, by kind."""
    rows = session.execute(
        select(PromiseMark.target, PromiseMark.mark, func.count())
        .join(Case, Case.id == PromiseMark.case_id)
        .where(scope.covers(PromiseMark.at), PromiseMark.mark != Mark.WARNED)
        .group_by(PromiseMark.target, PromiseMark.mark)
    ).all()
    found = {(target, mark): number for target, mark, number in rows}
    return [
        Kept(target, found.get((target, Mark.KEPT), 0), found.get((target, Mark.BROKEN), 0))
        for target in Target
        if (target, Mark.KEPT) in found or (target, Mark.BROKEN) in found
    ]


@dataclass(frozen=True, slots=True)
class Volume:
    """What customers wrote and what we wrote, by local day; what they wrote by hour of the week."""

    came: Counter[str]
    left: Counter[str]
    week: Counter[tuple[int, int]]
    """(weekday, hour): Monday is 0."""


def volume(session: Session, scope: Scope) -> Volume:
    """Mails of customers, and of agents and bots to them."""
    hour = hour_of(session, Message.arrived_at)
    query = _written(scope, hour, Message.direction, func.count())
    rows = session.execute(query.group_by(hour, Message.direction))
    found = Volume(Counter(), Counter(), Counter())
    for said, direction, number in rows:
        at = local_hour(said, scope.zone)
        day = found.came if direction is Direction.IN else found.left
        day[at.date().isoformat()] += number
        if direction is Direction.IN:
            found.week[at.weekday(), at.hour] += number
    return found


def totals(session: Session, scope: Scope) -> Counter[Direction]:
    """The same as two numbers."""
    query = _written(scope, Message.direction, func.count()).group_by(Message.direction)
    return Counter(dict(map(tuple, session.execute(query))))


def _written(scope: Scope, *columns: SQLColumnExpression[Any]) -> Select[Any]:
    query = select(*columns).select_from(Message)
    if not scope.is_about_all:
        query = query.join(Case, Case.id == Message.case_id)
    by_customers = (Message.direction == Direction.IN) & (Message.origin == Origin.CUSTOMER)
    return query.where(
        scope.covers(Message.arrived_at),
        Message.withdrawn_at.is_(None),
        (Message.direction == Direction.OUT) | by_customers,
    )


def backlog(session: Session, scope: Scope, now: datetime) -> list[int]:
    """Open cases by age: up to each of AGES, and older."""
    age = case(
        *((Case.opened_at > now - limit, n) for n, limit in enumerate(AGES)), else_=len(AGES)
    )
    rows = session.execute(
        select(age, func.count())
        .where(Case.state != State.CLOSED, Case.bulk.is_(False), *scope.only)
        .group_by(age)
    ).all()
    found = {int(place): number for place, number in rows}
    return [found.get(n, 0) for n in range(len(AGES) + 1)]
