"""Who spoke to the customers: people or bots, how often, and whether it held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    FromClause,
    and_,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from cases.case import Case, State
from cases.history import Event, What
from cases.reporting.rows import taken
from cases.reporting.scope import Day, Scope
from cases.reporting.sums import Family, Kind, Only, Tally, of_both, together

AGAIN = timedelta(hours=72)
"""A case that is opened again so soon after a bot's answer was not solved by it."""


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


def _first(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    columns, where = (Case.id, Case.state, Case.mailbox_id), (Case.bulk.is_(False), *only)
    cases = taken(session, days, Case.opened_at, *columns, where=where)
    firsts = _firsts(cases)
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
    for n, mailbox_id in _back_soon(session, cases):
        tally.add(n, mailbox_id, "cases", "back", 1)


FIRST = Kind("first", Family.OPENED, _first)


def _firsts(cases: FromClause) -> FromClause:
    """The first events of each case."""
    spoken = {"bot": What.AUTOMATIC_REPLY, "person": What.ANSWERED, "again": What.REOPENED}
    firsts = (
        func.min(case((Event.what == what, Event.id))).label(name) for name, what in spoken.items()
    )
    is_its_own = and_(Event.case_id == cases.c.id, Event.what.in_(spoken.values()))
    return (
        select(*cases.c, *firsts)
        .outerjoin_from(cases, Event, is_its_own)
        .group_by(*cases.c)
        .subquery("firsts")
    )


def _back_soon(session: Session, cases: FromClause) -> Iterator[tuple[int, int | None]]:
    """Cases that bots answered and that were opened again within 72 hours of a bot's answer."""
    again = aliased(Event)
    is_back = exists().where(again.what == What.REOPENED, again.case_id == cases.c.id)
    rows = session.execute(
        select(cases.c.n, cases.c.mailbox_id, Event.case_id, Event.what, Event.at)
        .join_from(cases, Event, Event.case_id == cases.c.id)
        .where(is_back, Event.what.in_((What.REOPENED, What.AUTOMATIC_REPLY)))
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
