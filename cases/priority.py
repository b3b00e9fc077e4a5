"""What comes first, and why: a score with readable parts, beside the order of promises. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.language import gettext as _
from cases.language import ngettext

HOUR = timedelta(hours=1)
NEAR = timedelta(hours=8)
"""A promise begins to press when so much of its time is left."""
PATIENCE = timedelta(hours=24)
"""Who waits longer than this gains on everybody, whoever they are."""
SLOW, FAST = 0.5, 3.0
"""Points for each hour of waiting, before and after that."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case and its customer, from whoever knows it."""

    waiting_since: datetime | None = None
    due_at: datetime | None = None
    anger: float = 0.0
    """From 0 to 3, as the classifier says it; 2 weighs all that it can."""
    urgency: float = 0.0
    tier: float = 0.0
    """Where the customer's tier stands among all tiers, from 0 to 1."""
    tier_name: str = ""
    value: float = 0.0
    """The share of customers whose lifetime value is lower, from 0 to 1."""
    risk: bool = False
    """A formal claim, or somebody whom many listen to."""
    detractor: bool = False
    contacts: int = 0
    """How often they have written of late without being helped."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reason, and how much it weighs."""

    name: str
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """How much a case presses, and why; the more, the sooner."""

    points: float
    parts: tuple[Part, ...] = ()


def score(facts: Facts, now: datetime) -> Score:
    """What the case weighs, with its reasons, the weightiest first."""
    found = [
        Part(name, points, words(facts, now))
        for name, (points_of, words) in _PARTS.items()
        if (points := round(points_of(facts, now), 1)) > 0
    ]
    found.sort(key=lambda part: -part.points)
    return Score(round(sum(part.points for part in found), 1), tuple(found))


def weight(facts: Facts, now: datetime) -> float:
    """The same number without the reasons, for sorting many."""
    return sum(points_of(facts, now) for points_of, _words in _PARTS.values())


def _promise(facts: Facts, now: datetime) -> float:
    if facts.due_at is None:
        return 0.0
    left = facts.due_at - now
    # One that can still be kept comes before one that is broken already: that one ages instead.
    return PROMISE / 2 if left < timedelta(0) else PROMISE * max(0.0, 1 - left / NEAR)


def _age(facts: Facts, now: datetime) -> float:
    """Grows without end, and all else does not: so nobody starves."""
    if facts.waiting_since is None:
        return 0.0
    waited = max(now - facts.waiting_since, timedelta(0))
    patient, beyond = min(waited, PATIENCE), max(waited - PATIENCE, timedelta(0))
    return SLOW * (patient / HOUR) + FAST * (beyond / HOUR)


def _say_promise(facts: Facts, now: datetime) -> str:
    left = (facts.due_at or now) - now
    if left < timedelta(0):
        return _("the promise was broken {time} ago", time=_say(-left))
    return _("the promise ends in {time}", time=_say(left))


def _say_age(facts: Facts, now: datetime) -> str:
    return _("has waited for {time}", time=_say(now - (facts.waiting_since or now)))


def _say(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    if minutes < 60:
        return _("{number} min", number=minutes)
    return _("{number} h", number=minutes // 60)


def _say_tier(facts: Facts, _now: datetime) -> str:
    return _("tier {name}", name=facts.tier_name) if facts.tier_name else _("a higher tier")


def _say_contacts(facts: Facts, _now: datetime) -> str:
    return ngettext("has written {number} time", "has written {number} times", facts.contacts)


def _graded(most: float, grade: Callable[[Facts], float]) -> Callable[[Facts, datetime], float]:
    return lambda facts, _now: most * min(max(grade(facts), 0.0), 1.0)


PROMISE, ANGER, URGENCY, TIER, VALUE, RISK, NPS, AGAIN = (
    40.0,
    15.0,
    10.0,
    15.0,
    15.0,
    15.0,
    5.0,
    10.0,
)
MOST = PROMISE + ANGER + URGENCY + TIER + VALUE + RISK + NPS + AGAIN
"""All that a case can weigh without its age."""
FAIR_AFTER = PATIENCE + (MOST - SLOW * (PATIENCE / HOUR)) / FAST * HOUR
"""Who has waited so long comes before anybody who writes now."""

_PARTS: dict[str, tuple[Callable[[Facts, datetime], float], Callable[[Facts, datetime], str]]] = {
    "promise": (_promise, _say_promise),
    "age": (_age, _say_age),
    "mood": (_graded(ANGER, lambda facts: facts.anger / 2), lambda *_of: _("sounds angry")),
    "urgency": (_graded(URGENCY, lambda facts: facts.urgency / 2), lambda *_of: _("is urgent")),
    "tier": (_graded(TIER, lambda facts: facts.tier), _say_tier),
    "value": (_graded(VALUE, lambda facts: facts.value), lambda *_of: _("a valuable customer")),
    "risk": (_graded(RISK, lambda facts: float(facts.risk)), lambda *_of: _("much is at risk")),
    "detractor": (
        _graded(NPS, lambda facts: float(facts.detractor)),
        lambda *_of: _("was unhappy with us before"),
    ),
    "contacts": (_graded(AGAIN, lambda facts: (facts.contacts - 1) / 4), _say_contacts),
}
