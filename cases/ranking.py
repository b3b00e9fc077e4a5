"""Cases by priority: `facts_of` tells for a page of cases what `priority` weighs, in one statement;
`weight_at` is the same weight in SQL, for sorting and paging a list of cases:

    weight = ranking.weight_at(session, drawn_at)     # thousandths of a point, a whole number
    select(Case).where(…).order_by(weight.desc(), Case.id.desc())

A page behind another is asked with the same instant, so that the weights are the same. Nothing is
stored: promises, people and moods change without anybody telling the case.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql.base import PGCompiler
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Float

from cases import priority
from cases.case import Case, State
from cases.contact import Contact
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.mail import Origin
from cases.message import Direction, Message
from cases.people.scale import STEPS, Scale, scale
from cases.people.worth import DETRACTOR
from cases.priority import Facts

MOST = 500
"""Cases of one page."""


class hours_between(GenericFunction[float]):  # noqa: N801  the name of a function in SQL
    """The hours from one instant to a later one."""

    type = Float()
    inherit_cache = True


@compiles(hours_between, "sqlite")
def _sqlite_hours(element: hours_between, compiler: SQLiteCompiler, **more: Any) -> str:
    since, until = (compiler.process(one, **more) for one in element.clauses)
    return f"((julianday({until}) - julianday({since})) * 24.0)"


@compiles(hours_between, "postgresql")
def _postgresql_hours(element: hours_between, compiler: PGCompiler, **more: Any) -> str:
    since, until = (compiler.process(one, **more) for one in element.clauses)
    return f"(extract(epoch from ({until} - {since}))::float8 / 3600.0)"


class within_one(GenericFunction[float]):  # noqa: N801  the name of a function in SQL
    """A number, but no less than nothing and no more than one."""

    type = Float()
    inherit_cache = True


@compiles(within_one, "sqlite")
def _sqlite_within_one(element: within_one, compiler: SQLiteCompiler, **more: Any) -> str:
    return f"max(0.0, min(1.0, {compiler.process(element.clauses, **more)}))"


@compiles(within_one, "postgresql")
def _postgresql_within_one(element: within_one, compiler: PGCompiler, **more: Any) -> str:
    return f"greatest(0.0, least(1.0, {compiler.process(element.clauses, **more)}))"


def facts_of(session: Session, case_ids: Collection[int]) -> dict[int, Facts]:
    """What is known of those cases and of whom they are from."""
    rows = session.execute(
        select(
            *(Case.id, Case.waiting_since, Case.due_at, Case.anger, Case.urgency),
            *(Contact.tier, Contact.lifetime_value, Contact.nps, Contact.vip),
            _at_risk().label("risk"),
            _contacts().label("contacts"),
        )
        .join(Contact, Contact.id == Case.contact_id)
        .where(Case.id.in_(sorted(case_ids)[:MOST]))
    )
    known = scale(session)
    return {row.id: _facts(row, known) for row in rows}


def _facts(row: Any, known: Scale) -> Facts:
    return Facts(
        waiting_since=row.waiting_since,
        due_at=row.due_at,
        anger=row.anger,
        urgency=row.urgency,
        tier=known.tier(row.tier),
        tier_name=row.tier,
        value=1.0 if row.vip else known.value(row.lifetime_value),
        risk=bool(row.risk),
        detractor=row.nps is not None and row.nps <= DETRACTOR,
        contacts=row.contacts,
    )


def _at_risk() -> ColumnElement[bool]:
    """A formal claim, or somebody whom many listen to; what they buy is no part of it."""
    claim = exists().where(
        Exclusion.contact_id == Case.contact_id,
        Exclusion.reason == Reason.FORMAL_CLAIM,
        Exclusion.lifted_at.is_(None),
    )
    return Contact.influencer | claim.correlate(Case)


def _contacts() -> ColumnElement[int]:
    """The person's mails in open cases of theirs that nobody has answered."""
    return _of_unanswered(lambda number: number)


def _again() -> ColumnElement[float]:
    """What it weighs that they wrote again: reckoned where they are counted, so counted once."""
    return _of_unanswered(lambda number: _graded(priority.AGAIN, (number - 1) / 4.0))


def _of_unanswered(
    reckoned: Callable[[ColumnElement[int]], ColumnElement[Any]],
) -> ScalarSelect[Any]:
    theirs = aliased(Case)
    waiting = and_(
        theirs.contact_id == Case.contact_id,
        theirs.state != State.CLOSED,
        theirs.waiting_since.is_not(None),
    )
    # Case by case, and not joined: PostgreSQL would read all messages there are for each line.
    written = (
        select(func.count())
        .select_from(Message)
        .where(
            Message.case_id == theirs.id,
            Message.direction == Direction.IN,
            Message.origin == Origin.CUSTOMER,
            Message.arrived_at >= theirs.waiting_since,
        )
        .correlate(theirs)
        .scalar_subquery()
    )
    of_all = cast(func.coalesce(func.sum(written), 0), Integer)
    said = select(reckoned(of_all)).select_from(theirs).where(waiting)
    return said.correlate(Case).scalar_subquery()


def weight_at(session: Session, at: datetime) -> ColumnElement[int]:
    """The weight of a case at that instant, in thousandths: `priority.weight` as SQL."""
    instant = literal(at, Case.due_at.type)
    points = _promise(instant) + _age(instant) + _own() + _of_person(scale(session))
    return cast(func.round(points * 1000.0), Integer)


def _promise(at: ColumnElement[Any]) -> ColumnElement[float]:
    left, near = hours_between(at, Case.due_at), priority.NEAR / priority.HOUR
    pressing = priority.PROMISE * (1.0 - left / near)
    return case(
        (Case.due_at.is_(None), 0.0),
        (left < 0.0, priority.PROMISE / 2),
        (left > near, 0.0),
        else_=pressing,
    )


def _age(at: ColumnElement[Any]) -> ColumnElement[float]:
    waited, patience = hours_between(Case.waiting_since, at), priority.PATIENCE / priority.HOUR
    beyond = priority.SLOW * patience + priority.FAST * (waited - patience)
    return case(
        (Case.waiting_since.is_(None), 0.0),
        (waited <= 0.0, 0.0),
        (waited <= patience, priority.SLOW * waited),
        else_=beyond,
    )


def _own() -> ColumnElement[float]:
    """What the case itself says: mood and urgency."""
    return _graded(priority.ANGER, Case.anger / 2.0) + _graded(priority.URGENCY, Case.urgency / 2.0)


def _graded(most: float, grade: ColumnElement[Any]) -> ColumnElement[float]:
    # The grade stands in it once: what is said twice PostgreSQL counts twice.
    return most * within_one(grade)


def _of_person(known: Scale) -> ColumnElement[float]:
    tiers = [(func.lower(Contact.tier) == name, known.tier(name)) for name in known.tiers]
    steps = [(Contact.lifetime_value >= end, (n + 1) / STEPS) for n, end in enumerate(known.values)]
    tier = case(*tiers, else_=0.0) if tiers else literal(0.0)
    value = case((Contact.vip, 1.0), *reversed(steps), else_=0.0)
    points = (
        priority.TIER * tier
        + priority.VALUE * value
        + case((_at_risk(), priority.RISK), else_=0.0)
        + case((Contact.nps <= DETRACTOR, priority.NPS), else_=0.0)
    )
    person = select(points).where(Contact.id == Case.contact_id).correlate(Case).scalar_subquery()
    return person + _again()
