"""Who spoke to the customers: people or bots, how often, and whether it held."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.exclusions.rows import Exclusion
from cases.history import Event, What
from cases.mail import Origin
from cases.message import Direction, Message
from cases.reporting.scope import Scope, day_of

AGAIN = timedelta(hours=72)
"""A case that is opened again so soon after a bot's answer was not solved by it."""
MANY = 5


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

    @property
    def unanswered(self) -> int:
        return self.cases - self.bot_first - self.person_first


def voices(session: Session, scope: Scope) -> Voices:
    """Who answered first, from the events themselves."""
    firsts = (
        select(
            Case.id,
            Case.state,
            func.min(case((Event.what == What.AUTOMATIC_REPLY, Event.id))).label("bot"),
            func.min(case((Event.what == What.ANSWERED, Event.id))).label("person"),
        )
        .outerjoin(Event, Event.case_id == Case.id)
        .where(scope.opened())
        .group_by(Case.id, Case.state)
        .subquery()
    )
    by_bot = firsts.c.bot.is_not(None) & (
        firsts.c.person.is_(None) | (firsts.c.bot < firsts.c.person)
    )
    by_person = firsts.c.person.is_not(None) & ~by_bot
    alone = by_bot & firsts.c.person.is_(None) & (firsts.c.state == State.CLOSED)
    found = session.execute(
        select(
            func.count(),
            *(func.count(case((one, 1))) for one in (by_bot, by_person, alone)),
        ).select_from(firsts)
    ).one()
    cases, bot_first, person_first, without_agent = map(int, found)
    back = _back_soon(session, scope)
    return Voices(cases, bot_first, person_first, without_agent, back)


def _back_soon(session: Session, scope: Scope) -> int:
    """Cases that bots answered and that were opened again within 72 hours of a bot's answer."""
    again = select(Event.case_id).where(Event.what == What.REOPENED)
    rows = session.execute(
        select(Event.case_id, Event.what, Event.at)
        .join(Case, Case.id == Event.case_id)
        .where(scope.opened(), Event.case_id.in_(again))
        .where(Event.what.in_((What.REOPENED, What.AUTOMATIC_REPLY)))
        .order_by(Event.id)
    )
    spoke: dict[int, datetime] = {}
    back: set[int] = set()
    for case_id, what, at in rows:
        if what is What.AUTOMATIC_REPLY:
            spoke[case_id] = at
        elif case_id in spoke and at - spoke[case_id] <= AGAIN:
            back.add(case_id)
    return len(back)


def cacophony(session: Session, scope: Scope) -> tuple[float | None, float | None]:
    """How many mails of ours a customer got on a day on which he got any: 1.0 is one voice.

    In the span, and in the one before.
    """
    is_new = Message.arrived_at >= scope.since
    day = day_of(session, Message.arrived_at)
    days = (
        select(is_new.label("is_new"), func.count().label("mails"))
        .select_from(Message)
        .join(Case, Case.id == Message.case_id)
        .where(scope.both.covers(Message.arrived_at), Message.direction == Direction.OUT)
        .where(Message.withdrawn_at.is_(None))
        .group_by(Case.contact_id, day, is_new)
        .subquery()
    )
    rows = session.execute(select(days.c.is_new, func.avg(days.c.mails)).group_by(days.c.is_new))
    found = {bool(new): float(mails) for new, mails in rows}
    return found.get(True), found.get(False)


def repeats(session: Session, scope: Scope) -> Counter[int]:
    """How many people wrote once, twice … MANY times or more often."""
    each = (
        select(func.count().label("mails"))
        .select_from(Message)
        .join(Case, Case.id == Message.case_id)
        .where(scope.covers(Message.arrived_at), Message.withdrawn_at.is_(None))
        .where(Message.direction == Direction.IN, Message.origin == Origin.CUSTOMER)
        .group_by(Case.contact_id)
        .subquery()
    )
    rows = session.execute(select(each.c.mails, func.count()).group_by(each.c.mails))
    found: Counter[int] = Counter()
    for mails, people in rows:
        found[min(mails, MANY)] += people
    return found


def held(session: Session, instants: Sequence[datetime]) -> list[int]:
    """How many people were on truce at each of the instants."""
    if not instants:
        return []
    columns = [
        func.count(
            case(
                (
                    (Exclusion.starts_at <= at)
                    & (Exclusion.until.is_(None) | (Exclusion.until > at))
                    & (Exclusion.lifted_at.is_(None) | (Exclusion.lifted_at > at)),
                    Exclusion.contact_id,
                )
            ).distinct()
        )
        for at in instants
    ]
    return list(session.execute(select(*columns)).one())
