"""What our own tables say of the load: backlog, forecast, capacity, promises kept. Queries only."""

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cases.agent import Agent, Role
from cases.capacity.load import Inputs, Slot
from cases.case import Case, State
from cases.history import Event, What
from cases.hours import Calendar
from cases.promises import Mark, PromiseMark

DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
WEEKS = 6
PACE_OVER = timedelta(days=28)
ON_SHIFT = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})


def gather(session: Session, calendar: Calendar, now: datetime) -> Inputs:
    """The load of the next 24 hours, without a mailing."""
    return Inputs(
        backlog_due=_due_within(session, now, DAY),
        forecast=forecast(session, now, now),
        capacity=capacity(session, calendar, now, now),
        attainment=attainment(session, now - DAY, now),
        breaches_now=_broken_now(session, now),
        data_for=data_for(session, now),
    )


def slots(session: Session, calendar: Calendar, now: datetime, *, days: int = 7) -> list[Slot]:
    """The next days, each from its opening, as they would be with today's backlog settled."""
    known, settled, found, since = data_for(session, now), pace(session, calendar, now), [], now
    for _n in range(days):
        since = calendar.next_open(since + DAY)
        coming = forecast(session, since, now)
        able = settled * _worked(session, calendar, since, now)
        found.append(Slot(since, Inputs(0, coming, able, data_for=known)))
    return found


def _due_within(session: Session, now: datetime, span: timedelta) -> int:
    due = select(func.count()).where(Case.due_at <= now + span, Case.state != State.CLOSED)
    return session.scalar(due) or 0


def _broken_now(session: Session, now: datetime) -> int:
    broken = select(func.count()).where(Case.due_at < now, Case.state != State.CLOSED)
    return session.scalar(broken) or 0


def forecast(session: Session, start: datetime, now: datetime) -> float:
    """Cases that the 24 hours from `start` will bring: hour by hour the median of six weeks."""
    opened: list[list[int]] = []
    for week in range(1, WEEKS + 2):
        since = start - week * WEEK
        if since + DAY > now or len(opened) == WEEKS:
            continue
        opened.append(_by_hour(session, since))
    return float(sum(median(hour) for hour in zip(*opened, strict=True))) if opened else 0.0


def _by_hour(session: Session, since: datetime) -> list[int]:
    rows = session.scalars(
        select(Case.opened_at).where(
            Case.opened_at >= since, Case.opened_at < since + DAY, Case.bulk.is_(False)
        )
    )
    counts = [0] * 24
    for opened_at in rows:
        counts[min(int((opened_at - since) / HOUR), 23)] += 1
    return counts


def capacity(session: Session, calendar: Calendar, start: datetime, now: datetime) -> float:
    """Cases that those on shift can settle in the 24 hours from `start`, at the pace of 28 days."""
    return pace(session, calendar, now) * _worked(session, calendar, start, now)


def _worked(session: Session, calendar: Calendar, start: datetime, now: datetime) -> float:
    """Opening hours in the 24 hours from `start`, each as many times as somebody is on shift.

    Who is away is missed until the end that they gave; later days count on those who gave none.
    """
    there = _on_shift(session, start, at_once=start <= now)
    return there * (calendar.elapsed(start, start + DAY) / HOUR)


def pace(session: Session, calendar: Calendar, now: datetime) -> float:
    """Cases that one agent settles in one opening hour."""
    since = now - PACE_OVER
    closed = session.execute(
        select(func.count(), func.count(func.distinct(Event.by))).where(
            Event.what == What.CLOSED, Event.at >= since, Event.by.in_(select(Agent.address))
        )
    ).one()
    worked = calendar.elapsed(since, now) / HOUR * max(closed[1], 1)
    return closed[0] / worked if worked else 0.0


def _on_shift(session: Session, start: datetime, *, at_once: bool) -> int:
    there = or_(Agent.away_since.is_(None), Agent.away_until <= start)
    if not at_once:
        there = or_(there, Agent.away_until.is_(None))
    agents = select(func.count()).where(Agent.active, Agent.role.in_(ON_SHIFT), there)
    return session.scalar(agents) or 0


def attainment(session: Session, since: datetime, now: datetime) -> float | None:
    """The part of the promises kept among those kept or broken in that time."""
    rows = session.execute(
        select(PromiseMark.mark, func.count())
        .where(PromiseMark.at >= since, PromiseMark.at <= now, PromiseMark.mark != Mark.WARNED)
        .group_by(PromiseMark.mark)
    )
    counts = dict(rows.all())
    total = sum(counts.values())
    return counts.get(Mark.KEPT, 0) / total if total else None


def data_for(session: Session, now: datetime) -> timedelta:
    """How long ago the first mail came whose fate we followed; imported mail tells nothing."""
    opened = select(Event.at).where(Event.what == What.OPENED).order_by(Event.id).limit(1)
    first = session.scalar(opened)
    return now - first if first is not None else timedelta(0)
