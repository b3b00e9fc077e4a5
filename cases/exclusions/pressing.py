"""Who has had enough mail: the limits that are in force, and the people on whom too much weighs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions import ceilings, refading
from cases.exclusions.asking import CHUNK, Question, batches
from cases.exclusions.policies import Policy, PolicyVersion, in_force
from cases.exclusions.touches import Pressure, Touch, together
from cases.pressure import (
    REPORTS_ONLY,
    WEIGHTS,
    Coming,
    Course,
    Limit,
    Limits,
    Load,
    expecting,
)
from cases.rows.among import among
from cases.settings import settings

Planned = Callable[[Session, Sequence[str]], Mapping[str, Sequence[Coming]]]
"""Which weightier campaigns are planned for whom among some people."""


def usual(policy: Policy) -> Limit:
    """How much mail of any kind is enough, out of all seasons."""
    chosen = policy.chosen
    return Limit(chosen.pressure_cap, chosen.pressure_half_life, chosen.pressure_gap)


def limits_of_all(policy: Policy, since: datetime, until: datetime | None = None) -> Limits:
    """How much mail of any kind is enough from then on, with the seasons."""
    some = ceilings.of_all(policy.ceilings)
    return _laid_out(usual(policy), some, since, until)


def limits_of_topic(
    policy: Policy, topic: str, since: datetime, until: datetime | None = None
) -> Limits | None:
    """How much mail of that topic is enough from then on; None where that was never said."""
    some = ceilings.of_topic(policy.ceilings, topic)
    if not some:
        return None
    return _laid_out(ceilings.unlimited(usual(policy).half_life), some, since, until)


def _laid_out(
    base: Limit, some: Sequence[ceilings.Ceiling], since: datetime, until: datetime | None
) -> Limits:
    if not some:
        return Limits(base)
    end = until if until is not None else since + ceilings.AHEAD
    return ceilings.laid_out(base, some, settings().zone, since, end)


def holds_from(session: Session) -> datetime | None:
    """From when on pressure may hold people; None while no mail is known of.

    Nobody can judge a cap before a month of their own mail was seen under it.
    """
    first = session.scalar(select(Touch.sent_at).order_by(Touch.id).limit(1))
    return first + REPORTS_ONLY if first is not None else None


def is_enforced(session: Session, now: datetime) -> bool:
    """Whether pressure holds people, or only reports whom it would."""
    if not in_force(session).chosen.pressure_enforced:
        return False
    start = holds_from(session)
    return start is not None and start <= now


def nobody_is_pressed(session: Session, planned: Planned | None) -> bool:
    """Whether nobody was written to so far, and nothing is planned."""
    return planned is None and session.scalar(select(Pressure.value).limit(1)) is None


def pressed(
    session: Session,
    kind: Kind,
    values: Sequence[str],
    question: Question,
    weight: float | None,
    now: datetime,
    planned: Planned | None = None,
) -> dict[str, datetime]:
    """Those among them for whom one more mail is too much now, and until when."""
    heavy = WEIGHTS.get(question.campaign_class, 1.0) if weight is None else weight
    if heavy <= 0:
        return {}
    policy, found = in_force(session), {}
    own = limits_of_topic(policy, question.topic, now)
    sums = [limits_of_all(policy, now), *([own] if own is not None else [])]
    course, half_life = Course(sums, now), usual(policy).half_life
    topic = question.topic if own is not None else ""
    # What is planned adds to everybody; else who has had little is not even fetched.
    wanted = true() if planned is not None else _may_be_too_much(sums, heavy, now)
    for chunk in batches(values, CHUNK):
        of_them = Pressure.kind == kind, among(Pressure.value, chunk), wanted
        loads = dict(_loads(session, of_them, question.campaign_class, topic, half_life))
        coming = planned(session, chunk) if planned is not None else {}
        for value in {**loads, **coming}:
            theirs = loads.get(value) or [Load()] * len(sums)
            if value in coming:
                theirs = _expecting(theirs, coming[value], heavy, topic, now, half_life)
            until = course.held_until(theirs, heavy)
            if until is not None:
                found[value] = until
    return found


def _may_be_too_much(sums: Sequence[Limits], weight: float, now: datetime) -> ColumnElement[bool]:
    """Leaves out whom no limit can hold now: a sum only fades, and a topic's is a part of all."""
    limits = [one.at(now) for one in sums]
    apart = Pressure.at > now - max(one.gap for one in limits)
    return (Pressure.score + Pressure.ours + weight > min(one.cap for one in limits)) | apart


def _loads(
    session: Session,
    of_them: Sequence[ColumnElement[bool]],
    campaign_class: str,
    topic: str,
    half_life: timedelta,
) -> Iterator[tuple[str, list[Load]]]:
    """What weighs on each: all mail, and where that topic has a limit, the mail of it."""
    of_ours = (Pressure.ours, Pressure.ours_at)
    columns = (Pressure.value, Pressure.score, Pressure.at, Pressure.last, *of_ours)
    query = select(*columns, Pressure.topics) if topic else select(*columns)
    for value, score, at, last, ours, ours_at, *topics in session.execute(query.where(*of_them)):
        said = last.get(campaign_class)
        whole = Load(score, at, datetime.fromisoformat(said) if said else None)
        if ours_at is not None:
            whole = together(whole, ours, ours_at, half_life)
        yield value, [whole, *(_of_topic(sums, topic) for sums in topics)]


def _of_topic(sums: Mapping[str, Any], topic: str) -> Load:
    if topic not in sums:
        return Load()
    score, said = sums[topic]
    at = datetime.fromisoformat(said)
    return Load(score, at, at)


def _expecting(
    loads: Sequence[Load],
    coming: Sequence[Coming],
    weight: float,
    topic: str,
    now: datetime,
    half_life: timedelta,
) -> list[Load]:
    """The loads as if the weightier campaigns of the next days were sent already."""
    heavier = [one for one in coming if one.weight > weight]
    of_all = sum(one.weight for one in heavier)
    of_topic = sum(one.weight for one in heavier if one.topic == topic)
    pairs = zip(loads, (of_all, of_topic), strict=False)
    return [expecting(load, more, now, half_life) for load, more in pairs]


def turns_by(session: Session, topic: str, now: datetime, until: datetime) -> datetime | None:
    """When the next season that concerns such mail begins or ends, if it is before that instant."""
    policy = in_force(session)
    if not policy.ceilings:
        return None
    own = limits_of_topic(policy, topic, now, until)
    sums = [limits_of_all(policy, now, until), *([own] if own is not None else [])]
    return min((at for one in sums for at in one.turns() if now < at <= until), default=None)


def turned(session: Session, topic: str, since: datetime, now: datetime) -> bool:
    """Whether people are held by other limits now than they were then."""
    if not is_enforced(session, now):
        return False
    decided = select(PolicyVersion.id).where(PolicyVersion.at > since).limit(1)
    by_time = turns_by(session, topic, since, now) is not None
    return by_time or session.scalar(decided) is not None or refading.moved(session, since)
