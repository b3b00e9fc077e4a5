"""What other limits of pressure would have done to the mail of the last 60 days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cases.exclusions import ceilings
from cases.exclusions.ceilings import Ceiling
from cases.exclusions.policies import Policy, of
from cases.exclusions.pressing import limits_of_all, limits_of_topic, usual
from cases.exclusions.touches import Touch
from cases.pressure import LOOK_BACK, Limits, Load, added, fits

MOST = 30_000


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Of so many mails, how many would have been held back with the change, and without it."""

    mails: int
    held: int
    held_before: int
    looked_at: int
    """Mails of that time that were gone through, whatever they are about."""
    of_all: int
    """So many there are. Where they are more, those of the first people in the alphabet were."""

    @property
    def whole(self) -> bool:
        """Nothing was left out."""
        return self.looked_at >= self.of_all


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail that weighed on somebody."""

    at: datetime
    weight: float
    topic: str
    campaign_class: str


def of_change(
    session: Session,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
    topic: str = "",
) -> Rehearsed:
    """The mails of that topic, or all, under both contents of the policy, were they enforced."""
    old, new = _Stage(of(before), now), _Stage(of(after), now)
    mails = held = held_before = seen = 0
    for some in _by_person(session, now):
        seen += len(some)
        of_topic = [not topic or one.topic == topic for one in some]
        mails += sum(of_topic)
        held += _count(new.held(some), of_topic)
        held_before += _count(old.held(some), of_topic)
    of_all = _how_many(session, now) if seen == MOST else seen
    return Rehearsed(mails, held, held_before, seen, of_all)


def _count(held: Iterable[bool], wanted: Iterable[bool]) -> int:
    return sum(one and other for one, other in zip(held, wanted, strict=True))


def as_if_always(content: Mapping[str, Any], new: Ceiling) -> dict[str, Any]:
    """The content as if that limit had been in force all the time, whatever its season is."""
    rest = [one for one in ceilings.read(content) if one.topic == new.topic and one.period is None]
    for one in rest:
        content = ceilings.without(content, one.id)
    others = ceilings.without(content, new.id)
    if not new.topic:
        # For all mail there is one limit without a season, which is the one that is configured.
        gap = {} if new.gap is None else {"pressure_gap": new.gap.total_seconds() / 3600}
        terms = {**others.get("terms", {}), "pressure_cap": new.cap, **gap}
        return {**others, "terms": terms}
    return ceilings.with_ceiling(others, replace(new, period=None))


def _by_person(session: Session, now: datetime) -> Iterator[Sequence[_Mail]]:
    """The mails of the last days, person by person and in their order."""
    columns = (Touch.kind, Touch.value, Touch.sent_at, Touch.weight, Touch.topic)
    rows = session.execute(
        select(*columns, Touch.campaign_class)
        .where(*_of_late(now))
        .order_by(Touch.value, Touch.kind, Touch.sent_at)
        .limit(MOST)
    )
    for _person, theirs in groupby(rows, key=lambda row: (row[0], row[1])):
        yield [_Mail(row[2], row[3], row[4], row[5]) for row in theirs]


def _of_late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Touch.sent_at > now - LOOK_BACK, Touch.sent_at <= now, Touch.weight > 0


def _how_many(session: Session, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Touch).where(*_of_late(now))) or 0


class _Stage:
    """One set of limits, under which mails are sent again; what is held weighs on nobody."""

    def __init__(self, policy: Policy, now: datetime) -> None:
        self._policy, self._since, self._now = policy, now - LOOK_BACK, now
        self._half_life = usual(policy).half_life
        self._all = limits_of_all(policy, self._since, now)
        self._topics: dict[str, Limits | None] = {}

    def held(self, mails: Sequence[_Mail]) -> Iterator[bool]:
        """Of each mail of one person, whether it would have been held back."""
        loads: dict[str, Load] = {}
        last: dict[str, datetime] = {}
        for one in mails:
            whole = replace(loads.get("", Load()), last_at=last.get(one.campaign_class))
            sums = [(whole, self._all)]
            if (limits := self._of_topic(one.topic)) is not None:
                sums.append((loads.get(one.topic, Load()), limits))
            held = not all(fits(load, one.weight, limits.at(one.at), one.at)
                           for load, limits in sums)  # fmt: skip
            yield held
            if not held:
                last[one.campaign_class] = one.at
                for name in {"", one.topic}:
                    load = loads.get(name, Load())
                    loads[name] = added(load, one.weight, one.at, self._half_life)

    def _of_topic(self, topic: str) -> Limits | None:
        if topic not in self._topics:
            self._topics[topic] = limits_of_topic(self._policy, topic, self._since, self._now)
        return self._topics[topic]
