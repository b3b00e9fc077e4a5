"""How many people are on truce, for what, since when and until when. Queries only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from cases.contact import Contact
from cases.db import Utc
from cases.exclusions.matrix import MATRIX, CampaignClass
from cases.exclusions.reasons import RULES, Group, Reason
from cases.exclusions.rows import Exclusion

DAY = timedelta(days=1)
# What stops a promotion; a talk with an agent stops series alone, and value alone stops nothing.
HOLDING = sorted(MATRIX[CampaignClass.PROMOTIONAL] - {Reason.VIP})
GROUP = case({reason: rule.group.value for reason, rule in RULES.items()}, value=Exclusion.reason)
"""The group of a row's reason."""


@dataclass(frozen=True, slots=True)
class Releases:
    """How many are free again soon if nothing else happens."""

    in_a_day: int
    in_a_week: int


def live(now: datetime) -> ColumnElement[bool]:
    """The exclusions that hold a promotion back at that instant."""
    ends = or_(Exclusion.until.is_(None), Exclusion.until > now)
    counts = Exclusion.reason.in_(HOLDING)
    return and_(Exclusion.lifted_at.is_(None), Exclusion.starts_at <= now, ends, counts)


def by_group(session: Session, now: datetime) -> dict[Group, int]:
    """People on truce by group of reasons; who is held for two groups counts in both."""
    rows = session.execute(
        select(GROUP, func.count(Exclusion.contact_id.distinct())).where(live(now)).group_by(GROUP)
    )
    return {Group(name): number for name, number in rows}


def everybody(session: Session, now: datetime) -> tuple[int, int]:
    """How many people are on truce, and how many are known at all."""
    held = select(func.count(Exclusion.contact_id.distinct())).where(live(now)).scalar_subquery()
    known = select(func.count()).select_from(Contact).scalar_subquery()
    row = session.execute(select(held, known)).one()
    return row[0], row[1]


def median_age(session: Session, now: datetime, people: int) -> timedelta | None:
    """For how long half of them have been held."""
    first = func.min(Exclusion.starts_at)
    since = session.scalar(
        select(first)
        .where(live(now))
        .group_by(Exclusion.contact_id)
        .order_by(first)
        .offset(people // 2)
        .limit(1)
    )
    return now - since if since is not None else None


def releases(session: Session, now: datetime) -> Releases:
    """How many are free within a day, and within a week."""
    last = (
        select(func.max(Exclusion.until).label("until"))
        .where(live(now))
        .group_by(Exclusion.contact_id)
        .having(func.count() == func.count(Exclusion.until))
        .subquery()
    )
    soon = func.count(case((last.c.until <= now + DAY, 1)))
    row = session.execute(select(soon, func.count(case((last.c.until <= now + 7 * DAY, 1))))).one()
    return Releases(row[0], row[1])


_known: dict[str, tuple[datetime, list[tuple[datetime, int]]]] = {}


def trend(session: Session, now: datetime, days: int = 14) -> list[tuple[datetime, int]]:
    """How many people were on truce on each of the last days; looked up once an hour."""
    key, hour = f"{session.get_bind().engine.url}", now.replace(minute=0, second=0, microsecond=0)
    if key not in _known or _known[key][0] != hour:
        _known[key] = hour, _trend(session, [now - n * DAY for n in reversed(range(days))])
    return _known[key][1]


def _trend(session: Session, instants: Sequence[datetime]) -> list[tuple[datetime, int]]:
    moments = union_all(*(select(literal(at, Utc()).label("at")) for at in instants)).subquery()
    stood = and_(
        Exclusion.starts_at <= moments.c.at,
        or_(Exclusion.until.is_(None), Exclusion.until > moments.c.at),
        or_(Exclusion.lifted_at.is_(None), Exclusion.lifted_at > moments.c.at),
        Exclusion.reason.in_(HOLDING),
    )
    rows = session.execute(
        select(moments.c.at, func.count(Exclusion.contact_id.distinct()))
        .select_from(moments)
        .outerjoin(Exclusion, stood)
        .group_by(moments.c.at)
        .order_by(moments.c.at)
    )
    return [(at, number) for at, number in rows]
