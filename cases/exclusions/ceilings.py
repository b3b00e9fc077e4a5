"""Limits of pressure for a topic, a season, or both: read, checked, and laid out in time. Pure.

Two sums are limited: all mail that somebody got, and the mail of one topic. For each of the two a
limit for a season beats the one without. So a topic's limit holds beside the one for all mail.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from cases.hours import midnight
from cases.pressure import UNLIMITED, Limit, Limits, Season

Content = Mapping[str, Any]
KEY = "limits"
"""Where they stand in the content of a policy."""
MOST = 50
LONGEST_NAME, LONGEST_TOPIC = 60, 100
HIGHEST_CAP = 1000.0
LONGEST_GAP = timedelta(days=60)
LONGEST_DAYS = 366
YEARS = range(2000, 2101)
AHEAD = timedelta(days=400)
"""So far seasons are laid out: nothing weighs so long, and no gap is longer."""
_DAY = timedelta(days=1)


class BadCeiling(Exception):
    """That limit makes no sense; `field` says which of its parts."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Overlaps(Exception):
    """Another limit of the same mail holds on the same days, so which one counts were unclear."""

    def __init__(self, other: "Ceiling") -> None:
        super().__init__(other.id)
        self.other = other


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included; of each year, or of one time alone."""

    first: date
    last: date
    yearly: bool = False

    def runs(self, since: date, until: date) -> Iterator[tuple[date, date]]:
        """The times it runs that touch those days; one over New Year belongs to its first year."""
        if not self.yearly:
            years = [0] if self.first <= until and self.last >= since else []
        else:
            years = [*range(since.year - 1, until.year + 1)]
        for year in years:
            first, last = (self.first, self.last) if not year else self._in(year)
            if first <= until and last >= since:
                yield first, last

    def _in(self, year: int) -> tuple[date, date]:
        over = (self.last.month, self.last.day) < (self.first.month, self.first.day)
        return _on(year, self.first), _on(year + over, self.last)

    def meets(self, other: "Period") -> bool:
        """Whether there is a day on which both run."""
        since, until = _compared(self, other)
        pairs = product(self.runs(since, until), other.runs(since, until))
        return any(a <= d and c <= b for (a, b), (c, d) in pairs)


def _on(year: int, day: date) -> date:
    """That day in another year; the 29th of February is the last of the month."""
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def _compared(one: Period, other: Period) -> tuple[date, date]:
    """Days enough to see whether they ever meet: leap years come back after eight years at most."""
    fixed = [period for period in (one, other) if not period.yearly]
    if fixed:
        return min(p.first for p in fixed), max(p.last for p in fixed)
    return date(2023, 1, 1), date(2032, 12, 31)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How much is enough of a topic (of all mail, where it names none), in a season or always."""

    id: str
    cap: float
    topic: str = ""
    period: Period | None = None
    gap: timedelta | None = None
    """Between two mails; None leaves it as it is."""
    name: str = ""
    by: str = ""
    at: str = ""

    def as_content(self) -> dict[str, Any]:
        """As a version of the policy keeps it."""
        return {**self.meaning(), "id": self.id, "name": self.name, "by": self.by, "at": self.at}

    def meaning(self) -> dict[str, Any]:
        """What it does, without who made it and what it is called."""
        found: dict[str, Any] = {"topic": self.topic, "cap": self.cap}
        if self.gap is not None:
            found["gap_s"] = int(self.gap.total_seconds())
        if self.period is not None:
            first, last = self.period.first.isoformat(), self.period.last.isoformat()
            found |= {"from": first, "until": last, "yearly": self.period.yearly}
        return found

    def is_over(self, today: date) -> bool:
        """Whether it will never hold again."""
        return self.period is not None and not self.period.yearly and self.period.last < today

    def runs_on(self, today: date) -> bool:
        """Whether it holds on that day."""
        return self.period is None or any(self.period.runs(today, today))


def read(content: Content) -> tuple[Ceiling, ...]:
    """The limits of a policy: those for all mail first, of each the ones for always first."""
    found = [_of(one) for one in content.get(KEY, ())]
    return tuple(sorted(found, key=lambda one: (one.topic, one.period is not None, _first(one))))


def _first(one: Ceiling) -> date:
    return one.period.first if one.period is not None else date.min


def _of(said: Content) -> Ceiling:
    period = None
    if "from" in said:
        first, last = date.fromisoformat(said["from"]), date.fromisoformat(said["until"])
        period = Period(first, last, bool(said.get("yearly")))
    gap = timedelta(seconds=said["gap_s"]) if "gap_s" in said else None
    named = {name: str(said.get(name, "")) for name in ("name", "by", "at")}
    return Ceiling(str(said["id"]), float(said["cap"]), str(said["topic"]), period, gap, **named)


def with_ceiling(content: Content, new: Ceiling) -> dict[str, Any]:
    """The content with that limit, in the place of the one with its id; raises what is wrong."""
    _check(new)
    others = [one for one in read(content) if one.id != new.id]
    if len(others) >= MOST:
        raise BadCeiling("many")
    for other in others:
        if _same_time(new, other) and other.topic == new.topic:
            raise Overlaps(other)
    return {**content, KEY: [one.as_content() for one in (*others, new)]}


def without(content: Content, number: str) -> dict[str, Any]:
    """The content without that limit."""
    return {**content, KEY: [one for one in content.get(KEY, ()) if one["id"] != number]}


def _check(new: Ceiling) -> None:
    period = new.period
    wrong = {
        # Without a topic and a season it would be the limit for all mail, which is set elsewhere.
        "topic": (not new.topic and period is None) or not _is_text(new.topic, LONGEST_TOPIC),
        "cap": not 0 < new.cap <= HIGHEST_CAP,
        "gap": new.gap is not None and not timedelta(0) <= new.gap <= LONGEST_GAP,
        "until": period is not None and _is_odd(period),
        "name": not _is_text(new.name, LONGEST_NAME),
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise BadCeiling(field)


def _is_text(said: str, longest: int) -> bool:
    return len(said) <= longest and (not said or said.isprintable())


def _is_odd(period: Period) -> bool:
    if not all(day.year in YEARS for day in (period.first, period.last)):
        return True
    days = (period.last - period.first).days
    return not period.yearly and not 0 <= days <= LONGEST_DAYS


def _same_time(one: Ceiling, other: Ceiling) -> bool:
    if one.period is None or other.period is None:
        return one.period is other.period
    return one.period.meets(other.period)


def laid_out(
    usual: Limit, ceilings: Sequence[Ceiling], zone: str, since: datetime, until: datetime
) -> Limits:
    """The limits of one sum over that time."""
    here, always = ZoneInfo(zone), next((one for one in ceilings if one.period is None), None)
    base = _limit(always, usual) if always is not None else usual
    seasons = [
        Season(midnight(first, here), midnight(last + _DAY, here), _limit(one, base))
        for one in ceilings
        if one.period is not None
        for first, last in one.period.runs(since.date() - _DAY, until.date() + _DAY)
    ]
    return Limits(base, tuple(sorted(seasons, key=lambda season: season.starts_at)))


def _limit(one: Ceiling, otherwise: Limit) -> Limit:
    return Limit(one.cap, otherwise.half_life, one.gap if one.gap is not None else otherwise.gap)


def of_all(ceilings: Sequence[Ceiling]) -> list[Ceiling]:
    """Those of all mail together."""
    return [one for one in ceilings if not one.topic]


def of_topic(ceilings: Sequence[Ceiling], topic: str) -> list[Ceiling]:
    """Those of one topic alone."""
    return [one for one in ceilings if topic and one.topic == topic]


def unlimited(half_life: timedelta) -> Limit:
    """What holds for a topic out of all its seasons: nothing but the limit for all mail."""
    return Limit(UNLIMITED, half_life, timedelta(0))
