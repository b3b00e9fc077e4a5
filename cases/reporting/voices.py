"""Who spoke to the customers: people or bots, how often, and whether it held."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cases.case import Case, State
from cases.exclusions.rows import Exclusion
from cases.history import Event, What
from cases.mail import Origin
from cases.message import Direction, Message
from cases.reporting.scope import Day, Scope, in_day, listed
from cases.reporting.sums import Family, Kind, Tally, by_day, of_both, together

AGAIN = timedelta(hours=72)
"""A case that is opened again so soon after a bot's answer was not solved by it."""
Only = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Voices:
    """Of the cases opened in the span: who answered first, and what came of it."""

    cases: int
    bot_first: int
    person_first: int
    without_agent: int
    """Closed without a word from a person, after a bot had answered."""
    back_soon: int
    """Of those closed without a person: opened again within 72 hours."""
    reopened: int
    """Opened again after they had been closed, whoever answered."""

    @property
    def unanswered(self) -> int:
        return self.cases - self.bot_first - self.person_first


def voices(session: Session, scope: Scope) -> tuple[Voices, Voices]:
    """Who answered first, from the events themselves; in the span, and in the one before."""
    now, before = (together(days.values())["cases"] for days in of_both(session, scope, FIRST))
    return Voices(*(now[name] for name in _FIRST)), Voices(*(before[name] for name in _FIRST))


_FIRST = ("all", "bot", "person", "alone", "back", "reopened")


def _first(session: Session, days: list[Day], only: Only) -> Tally:
    table, tally = listed(session, days), Tally()
    firsts = _firsts(table, only)
    by_bot = firsts.c.bot.is_not(None) & (
        firsts.c.person.is_(None) | (firsts.c.bot < firsts.c.person)
    )
    by_person = firsts.c.person.is_not(None) & ~by_bot
    alone = by_bot & firsts.c.person.is_(None) & (firsts.c.state == State.CLOSED)
    counted = (by_bot, by_person, alone, firsts.c.again.is_not(None))
    rows = session.execute(
        select(
            *(firsts.c.n, firsts.c.mailbox_id, func.count()),
            *(func.count(case((one, 1))) for one in counted),
        ).group_by(firsts.c.n, firsts.c.mailbox_id)
    )
    for n, mailbox_id, *numbers in rows:
        for name, number in zip(
            ("all", "bot", "person", "alone", "reopened"), numbers, strict=True
        ):
            tally.add(n, mailbox_id, "cases", name, number)
    for n, mailbox_id in _back_soon(session, table, only):
        tally.add(n, mailbox_id, "cases", "back", 1)
    return tally


FIRST = Kind("first", Family.OPENED, _first)


def _firsts(table: CTE, only: Only) -> Any:
    """The first events of each case."""
    spoken = {"bot": What.AUTOMATIC_REPLY, "person": What.ANSWERED, "again": What.REOPENED}
    return (
        select(
            *(table.c.n, Case.id, Case.state, Case.mailbox_id),
            *(
                func.min(case((Event.what == what, Event.id))).label(name)
                for name, what in spoken.items()
            ),
        )
        .join_from(table, Case, in_day(table, Case.opened_at))
        .outerjoin(Event, and_(Event.case_id == Case.id, Event.what.in_(spoken.values())))
        .where(Case.bulk.is_(False), *only)
        .group_by(table.c.n, Case.id, Case.state, Case.mailbox_id)
        .subquery()
    )


def _back_soon(session: Session, table: CTE, only: Only) -> Iterator[tuple[int, int | None]]:
    """Cases that bots answered and that were opened again within 72 hours of a bot's answer."""
    again = aliased(Event)
    is_back = exists().where(again.what == What.REOPENED, again.case_id == Case.id)
    rows = session.execute(
        select(table.c.n, Case.mailbox_id, Event.case_id, Event.what, Event.at)
        .join_from(table, Case, in_day(table, Case.opened_at))
        .join(Event, Event.case_id == Case.id)
        .where(Case.bulk.is_(False), *only, is_back)
        .where(Event.what.in_((What.REOPENED, What.AUTOMATIC_REPLY)))
        .order_by(Event.id)
    )
    spoke: dict[int, datetime] = {}
    back: set[int] = set()
    for n, mailbox_id, case_id, what, at in rows:
        if what is What.AUTOMATIC_REPLY:
            spoke[case_id] = at
        elif case_id in spoke and at - spoke[case_id] <= AGAIN and case_id not in back:
            back.add(case_id)
            yield n, mailbox_id


def cacophony(session: Session, scope: Scope) -> tuple[float | None, float | None]:
    """How many mails of ours a customer got on a day on which they got any: 1.0 is one voice.

    In the span, and in the one before.
    """
    now, before = (together(days.values())["told"] for days in of_both(session, scope, PEOPLE))
    return _part(now), _part(before)


def _part(told: Counter[str]) -> float | None:
    return told["mails"] / told["people"] if told["people"] else None


def repeats(session: Session, scope: Scope) -> tuple[Counter[int], Counter[int]]:
    """How many people wrote so many mails, in the span and in the one before."""
    now, before = (together(days.values())["wrote"] for days in of_both(session, scope, PEOPLE))
    return Counter(now.values()), Counter(before.values())


def _people(session: Session, days: list[Day], only: Only) -> Tally:
    """Who wrote how often, and how many mails how many people got; each person once a day."""
    table, tally = listed(session, days), Tally()
    by_customers = (Message.direction == Direction.IN) & (Message.origin == Origin.CUSTOMER)
    columns = table.c.n, Case.mailbox_id, Case.contact_id, Message.direction
    rows = session.execute(
        select(*columns, func.count())
        .join_from(table, Message, in_day(table, Message.arrived_at))
        .join(Case, Case.id == Message.case_id)
        .where(Message.withdrawn_at.is_(None), *only)
        .where((Message.direction == Direction.OUT) | by_customers)
        .group_by(*columns)
    )
    told: dict[tuple[int, int], set[int]] = defaultdict(set)
    for n, mailbox_id, contact_id, direction, number in rows:
        if direction is Direction.IN:
            tally.add(n, mailbox_id, "wrote", contact_id, number)
            continue
        tally.add(n, mailbox_id, "told", "mails", number)
        for place in {0, mailbox_id or 0}:
            told[n, place].add(contact_id)
    for place, people in told.items():
        tally.sums[place]["told"]["people"] = len(people)
    return tally


PEOPLE = Kind("people", Family.MAIL, _people)


def held(session: Session, scope: Scope) -> list[int]:
    """How many people were on truce at the end of each day, and at the end of the span."""
    days = by_day(session, replace(scope, only=()), HELD).values()
    return [sums.get("held", {}).get("people", 0) for sums in days]


def _held(session: Session, days: list[Day], _only: Only) -> Tally:
    table, tally = listed(session, days), Tally()
    since, last = days[0].until, days[-1].until
    rows = session.execute(
        select(table.c.n, func.count(Exclusion.contact_id.distinct()))
        .join_from(table, Exclusion, Exclusion.starts_at <= table.c.until)
        .where(_not_over(table.c.until))
        # Most were over long ago, and are left out before they are looked at day by day.
        .where(Exclusion.starts_at <= last, _not_over(since))
        .group_by(table.c.n)
    )
    for n, people in rows:
        tally.add(n, None, "held", "people", people)
    return tally


def _not_over(at: Any) -> ColumnElement[bool]:
    return and_(
        or_(Exclusion.until.is_(None), Exclusion.until > at),
        or_(Exclusion.lifted_at.is_(None), Exclusion.lifted_at > at),
    )


HELD = Kind("held", Family.HELD, _held)
