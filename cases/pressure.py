"""Contact pressure: how much we have written to somebody lately, fading with time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp2, log2

LOOK_BACK = timedelta(days=60)
REPORTS_ONLY = timedelta(days=30)
"""So long after the first known mail, pressure says whom it would hold, and holds nobody."""

# What a contact weighs. A talk weighs as much as most of a promotion: one the day after it is
# worse than one a month later.
WEIGHTS = {
    "promotional": 1.0,
    "survey": 1.0,
    "talk": 0.8,
    "drip": 0.7,
    "newsletter": 0.5,
    "collections": 0.5,
    "agent": 0.3,
    "bot": 0.2,
    "service_notice": 0.0,
    "transactional": 0.0,
    "safety_legal": 0.0,
}


@dataclass(frozen=True, slots=True)
class Load:
    """The pressure on one person: its sum at an instant, and when they last got each kind."""

    score: float = 0.0
    at: datetime | None = None
    last_at: datetime | None = None
    """When the last solicitation of the asked kind went out."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much is enough."""

    cap: float
    half_life: timedelta
    gap: timedelta


def faded(score: float, age: timedelta, half_life: timedelta) -> float:
    """What is left of a score after that time."""
    return score * exp2(-(max(age, timedelta(0)) / half_life))


def score(touches: Iterable[tuple[datetime, float]], now: datetime, half_life: timedelta) -> float:
    """The sum of the weights of those touches, each faded by its age."""
    return sum(
        faded(weight, now - at, half_life) for at, weight in touches if now - at <= LOOK_BACK
    )


def added(load: Load, weight: float, at: datetime, half_life: timedelta) -> Load:
    """The load after one more touch; touches may come in any order."""
    if load.at is None:
        return Load(weight, at, at)
    newest = max(load.at, at)
    total = faded(load.score, newest - load.at, half_life) + faded(weight, newest - at, half_life)
    return Load(total, newest, max(at, load.last_at or at))


def held_until(
    load: Load, weight: float, limit: Limit, now: datetime, planned: Sequence[float] = ()
) -> datetime | None:
    """Until when a mail of that weight is too much; None if it may go now.

    Weightier campaigns that are planned for the next days count as if they were sent already.
    """
    if weight <= 0:
        return None
    until = [now]
    if load.last_at is not None:
        until.append(load.last_at + limit.gap)
    total = faded(load.score, now - load.at, limit.half_life) if load.at is not None else 0.0
    total += sum(one for one in planned if one > weight)
    if total + weight > limit.cap:
        until.append(_quiet_at(total, weight, limit, now))
    last = max(until)
    return last if last > now else None


def _quiet_at(total: float, weight: float, limit: Limit, now: datetime) -> datetime:
    room = limit.cap - weight
    # A mail that is heavier than the cap never fits: it may go once nothing else weighs.
    halvings = log2(total / room) if room > 0 and total > 0 else LOOK_BACK / limit.half_life
    return now + limit.half_life * max(halvings, 0.0)
