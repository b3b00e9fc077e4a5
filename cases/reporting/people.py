"""Whom we told how much, who had to write how often, and who was on truce."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from cases import clock
from cases.case import Case
from cases.exclusions.rows import Exclusion
from cases.mail import Origin
from cases.message import Direction, Message
from cases.reporting.rows import taken
from cases.reporting.scope import Day, Scope
from cases.reporting.sums import Family, Kind, Only, Tally, by_day, of_both, together

_MINUTE = timedelta(minutes=1)


def cacophony(session: Session, scope: Scope) -> tuple[float | None, float | None]:
    """How many mails of ours a customer got on a day on which they got any: 1.0 is one voice.

    In the span, and in the one before.
    """
    now, before = (together(days.values())["told"] for days in of_both(session, scope, TOLD))
    return _part(now), _part(before)


def _part(told: Counter[str]) -> float | None:
    return told["mails"] / told["people"] if told["people"] else None


def _told(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    """How many mails how many people got; each person once a day, whatever the mailboxes."""
    is_out = Message.withdrawn_at.is_(None), Message.direction == Direction.OUT
    mails = taken(session, days, Message.arrived_at, Message.case_id, where=is_out).c
    for places in ((mails.n,), (mails.n, Case.mailbox_id))[: 1 + tally.split]:
        people = (
            select(*places, func.count().label("mails"))
            .join(Case, Case.id == mails.case_id)
            .where(*only)
            .group_by(*places, Case.contact_id)
            .subquery("people")
        )
        found, mails_of = [people.c[one.key] for one in places], people.c.mails
        rows = session.execute(select(func.sum(mails_of), func.count(), *found).group_by(*found))
        for number, people_, *place in rows:
            where = (place[0], place[1] if place[1:] else 0)
            if where[1] is not None:
                tally.sums[where]["told"].update(mails=int(number), people=people_)


TOLD = Kind("told", Family.MAIL, _told)


def repeats(session: Session, scope: Scope) -> tuple[Counter[int], Counter[int]]:
    """How many people wrote so many mails, in the span and in the one before."""
    now, before = (together(days.values())["wrote"] for days in of_both(session, scope, WROTE))
    return Counter(now.values()), Counter(before.values())


def _wrote(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    is_theirs = Message.withdrawn_at.is_(None), Message.direction == Direction.IN
    by_customers = Message.origin == Origin.CUSTOMER
    where = (*is_theirs, by_customers)
    mails = taken(session, days, Message.arrived_at, Message.case_id, where=where).c
    places = mails.n, Case.mailbox_id, Case.contact_id
    rows = session.execute(
        select(*places, func.count())
        .join(Case, Case.id == mails.case_id)
        .where(*only)
        .group_by(*places)
    )
    for n, mailbox_id, contact_id, number in rows:
        tally.add(n, mailbox_id, "wrote", contact_id, number)


WROTE = Kind("wrote", Family.MAIL, _wrote)


def held(session: Session, scope: Scope) -> list[int]:
    """How many people were on truce at the end of each day, and at the end of the span."""
    days = by_day(session, replace(scope, only=()), HELD).values()
    return [sums.get("held", {}).get("people", 0) for sums in days]


def _held(session: Session, days: list[Day], _only: Only, tally: Tally) -> None:
    now = clock.now()
    instants = (
        select(literal(n, Integer).label("n"), Exclusion.contact_id).where(
            Exclusion.starts_at <= day.until, _not_over(day.until, now)
        )
        for n, day in enumerate(days)
    )
    people = union_all(*instants).subquery("people").c
    rows = session.execute(
        select(people.n, func.count(people.contact_id.distinct())).group_by(people.n)
    )
    for n, number in rows:
        tally.add(n, None, "held", "people", number)


def _not_over(at: datetime, now: datetime) -> ColumnElement[bool]:
    until = or_(Exclusion.until.is_(None), Exclusion.until > at)
    # Nothing is lifted in days to come, and there is an index of what is not lifted.
    if now - at < _MINUTE:
        return and_(until, Exclusion.lifted_at.is_(None))
    return and_(until, or_(Exclusion.lifted_at.is_(None), Exclusion.lifted_at > at))


HELD = Kind("held", Family.HELD, _held)
