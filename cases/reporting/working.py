"""How much came, how promises were kept, and how old what is left has become."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.mail import Origin
from cases.message import Direction, Message
from cases.promises import Mark, PromiseMark
from cases.reporting.scope import Day, Scope, hour_of, in_day, listed, local_hour
from cases.reporting.sums import Days, Family, Kind, Tally, of_both, together
from cases.settings import settings
from cases.sla.policy import Target

AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=14))
Only = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Promised:
    """How often a promise of that kind was kept or broken."""

    target: Target
    kept: int
    broken: int

    @property
    def share(self) -> float | None:
        """None where nothing was promised."""
        known = self.kept + self.broken
        return self.kept / known if known else None


def promises(session: Session, scope: Scope) -> tuple[list[Promised], list[Promised]]:
    """Promises that were kept or broken in the span, by kind; and in the one before."""
    now, before = of_both(session, scope, PROMISES)
    return _by_target(now), _by_target(before)


def _by_target(days: Days) -> list[Promised]:
    found = together(days.values())
    kept, broken = found[Mark.KEPT], found[Mark.BROKEN]
    return [
        Promised(target, kept[target], broken[target])
        for target in Target
        if kept[target] or broken[target]
    ]


def _promised(session: Session, days: list[Day], only: Only) -> Tally:
    table, tally = listed(session, days), Tally()
    rows = session.execute(
        select(table.c.n, Case.mailbox_id, PromiseMark.mark, PromiseMark.target, func.count())
        .join_from(table, PromiseMark, in_day(table, PromiseMark.at))
        .join(Case, Case.id == PromiseMark.case_id)
        .where(PromiseMark.mark.in_((Mark.KEPT, Mark.BROKEN)), *only)
        .group_by(table.c.n, Case.mailbox_id, PromiseMark.mark, PromiseMark.target)
    )
    for n, mailbox_id, mark, target, number in rows:
        tally.add(n, mailbox_id, mark, target, number)
    return tally


PROMISES = Kind("promises", Family.PROMISES, _promised)


@dataclass(frozen=True, slots=True)
class Volume:
    """What customers wrote and what we wrote, by local day; what they wrote by hour of the week."""

    came: Counter[str]
    left: Counter[str]
    week: Counter[tuple[int, int]]
    """(weekday, hour): Monday is 0."""


def volume(session: Session, scope: Scope) -> tuple[Volume, Volume]:
    """Mails of customers, and of agents and bots to them; in the span, and in the one before."""
    now, before = of_both(session, scope, MAIL)
    return _volume(now), _volume(before)


def _volume(days: Days) -> Volume:
    found = Volume(Counter(), Counter(), Counter())
    for day, sums in days.items():
        for hour, number in sums.get(Direction.IN, {}).items():
            found.came[day.isoformat()] += number
            found.week[day.weekday(), int(hour)] += number
        for number in sums.get(Direction.OUT, {}).values():
            found.left[day.isoformat()] += number
    return found


def _mails(session: Session, days: list[Day], only: Only) -> Tally:
    table, hour, tally = listed(session, days), hour_of(session, Message.arrived_at), Tally()
    zone = ZoneInfo(settings().zone)
    by_customers = (Message.direction == Direction.IN) & (Message.origin == Origin.CUSTOMER)
    rows = session.execute(
        select(table.c.n, Case.mailbox_id, hour, Message.direction, func.count())
        .join_from(table, Message, in_day(table, Message.arrived_at))
        .join(Case, Case.id == Message.case_id)
        .where(Message.withdrawn_at.is_(None), *only)
        .where((Message.direction == Direction.OUT) | by_customers)
        .group_by(table.c.n, Case.mailbox_id, hour, Message.direction)
    )
    for n, mailbox_id, said, direction, number in rows:
        tally.add(n, mailbox_id, direction, local_hour(said, zone).hour, number)
    return tally


MAIL = Kind("mail", Family.MAIL, _mails)


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
