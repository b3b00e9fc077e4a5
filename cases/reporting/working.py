"""How much came, how promises were kept, and how old what is left has become."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.mail import Origin
from cases.message import Direction, Message
from cases.promises import Mark, PromiseMark
from cases.reporting.rows import are_about_all, hour_of, local_hour, taken
from cases.reporting.scope import Day, Scope
from cases.reporting.sums import Days, Family, Kind, Only, Tally, of_both, together
from cases.settings import settings
from cases.sla.policy import Target

COUNTED = (
    Message.withdrawn_at.is_(None),
    (Message.direction == Direction.OUT)
    | ((Message.direction == Direction.IN) & (Message.origin == Origin.CUSTOMER)),
)
"""Which mails are counted: those of customers, and those to them."""
AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=14))


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


def _promised(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    columns = PromiseMark.case_id, PromiseMark.mark, PromiseMark.target
    told = PromiseMark.mark.in_((Mark.KEPT, Mark.BROKEN))
    made = taken(session, days, PromiseMark.at, *columns, where=(told,)).c
    query = _counts((made.n, made.mark, made.target), made.case_id, only, tally)
    for n, mark, target, *box, number in session.execute(query):
        tally.add(n, box[0] if box else None, mark, target, number)


def _counts(places: Sequence[Any], case_id: Any, only: Only, tally: Tally) -> Select[Any]:
    """How many of each; their cases are looked at only where something of them matters."""
    if are_about_all(only) and not tally.split:
        return select(*places, func.count()).group_by(*places)
    places = *places, Case.mailbox_id
    query = select(*places, func.count()).join(Case, Case.id == case_id)
    return query.where(*only).group_by(*places)


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


def _mails(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    zone, hour = ZoneInfo(settings().zone), hour_of(session, Message.arrived_at).label("hour")
    columns = Message.case_id, Message.direction, hour
    mails = taken(session, days, Message.arrived_at, *columns, where=COUNTED).c
    query = _counts((mails.n, mails.hour, mails.direction), mails.case_id, only, tally)
    for n, said, direction, *box, number in session.execute(query):
        tally.add(n, box[0] if box else None, direction, local_hour(said, zone).hour, number)


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
