"""Contact pressure: how much we have written to somebody lately, fading with time. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp2, inf, log2

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
class Coming:
    """A campaign that is planned for the next days."""

    weight: float
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much is enough."""

    cap: float
    half_life: timedelta
    gap: timedelta


@dataclass(frozen=True, slots=True)
class Season:
    """A time in which another limit holds; its end is the first instant after it."""

    starts_at: datetime
    ends_at: datetime
    limit: Limit


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is enough as a rule, and in seasons, of which no two are at once."""

    usual: Limit
    seasons: tuple[Season, ...] = ()

    def at(self, instant: datetime) -> Limit:
        """The limit at that instant."""
        for season in self.seasons:
            if season.starts_at <= instant < season.ends_at:
                return season.limit
        return self.usual

    def turns(self) -> Iterator[datetime]:
        """The instants at which it becomes another."""
        for season in self.seasons:
            yield season.starts_at
            yield season.ends_at

    def without_gap(self) -> "Limits":
        """The same for mail that needs no distance from others of its kind."""
        none = timedelta(0)
        seasons = (replace(one, limit=replace(one.limit, gap=none)) for one in self.seasons)
        return Limits(replace(self.usual, gap=none), tuple(seasons))


UNLIMITED = inf
"""The cap of what has none at present, such as a topic out of its season."""
# Floating numbers are not exact to the last digit, so that a mail which just fits would not.
_ROUNDING = 1e-9


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


def expecting(load: Load, weight: float, now: datetime, half_life: timedelta) -> Load:
    """The load as if that weight, which is planned for the next days, were sent already."""
    if weight <= 0:
        return load
    return replace(added(load, weight, now, half_life), last_at=load.last_at)


class Course:
    """The limits of several sums, from now on: the same for many people, so it is laid out once."""

    def __init__(self, limits: Sequence[Limits], now: datetime) -> None:
        turns = {turn for one in limits for turn in one.turns() if turn > now}
        starts = [now, *sorted(turns)]
        self._now = now
        self._stretches = [
            (start, end, [one.at(start) for one in limits])
            for start, end in zip(starts, [*starts[1:], None], strict=True)
        ]

    def held_until(self, loads: Sequence[Load], weight: float) -> datetime | None:
        """The first instant at which every sum lets a mail of that weight go; None if now.

        It is rounded up to a whole second, so that whoever is told it can keep to it.
        """
        if weight <= 0:
            return None
        for start, end, limits in self._stretches:
            ready = start
            for load, limit in zip(loads, limits, strict=True):
                ready = max(ready, _ready_at(load, weight, limit, start))
            if ready <= start:
                return start if start > self._now else None
            whole = ready.replace(microsecond=0) + timedelta(seconds=bool(ready.microsecond))
            # What would be enough may come too late, when a stricter season has begun.
            if end is None or whole < end:
                return whole
        return None


def held_until(
    load: Load, weight: float, limit: Limit, now: datetime, planned: Sequence[float] = ()
) -> datetime | None:
    """Until when a mail of that weight is too much; None if it may go now.

    Weightier campaigns that are planned for the next days count as if they were sent already.
    """
    coming = sum(one for one in planned if one > weight)
    heavy = expecting(load, coming, now, limit.half_life)
    return Course([Limits(limit)], now).held_until([heavy], weight)


def fits(load: Load, weight: float, limit: Limit, now: datetime) -> bool:
    """Whether a mail of that weight is not too much at that instant."""
    return _ready_at(load, weight, limit, now) <= now


def _ready_at(load: Load, weight: float, limit: Limit, start: datetime) -> datetime:
    """When that sum lets the mail go under that limit, and not before the start."""
    apart = start if load.last_at is None else max(start, load.last_at + limit.gap)
    # Most people have had little, and what fades only grows less: a lot is asked about at once.
    if load.at is None or load.score <= 0 or load.score + weight <= limit.cap:
        return apart
    total = faded(load.score, start - load.at, limit.half_life)
    forgotten = load.at + LOOK_BACK
    if forgotten <= start or total + weight <= limit.cap + _ROUNDING:
        return apart
    room = limit.cap - weight
    if room <= 0:
        # A mail that is heavier than the cap never fits: it may go once nothing else weighs.
        return max(apart, forgotten)
    quiet = start + limit.half_life * log2(total / room)
    return max(apart, min(quiet, forgotten))
