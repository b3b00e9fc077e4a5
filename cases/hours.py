"""Business hours: elapsed time inside local opening windows, exact over clock changes. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[time, time]
"""Local opening and closing; a closing at or before the opening is on the next day."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 3700


class NeverOpen(Exception):
    """The calendar has no opening hours, so nothing can ever be due."""


class BadHours(Exception):
    """Opening hours that cannot be read; the text says how they are written."""


def _no_holiday(_day: date) -> bool:
    return False


@dataclass(frozen=True)
class Calendar:
    """When we are open, in one time zone."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Window, ...]]
    """Monday is 0; several windows a day are allowed."""
    is_holiday: Callable[[date], bool] = field(default=_no_holiday)

    def _windows(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self.is_holiday(day):
            return
        for opening, closing in self.week.get(day.weekday(), ()):
            last = day + timedelta(days=1) if closing <= opening else day
            # An ambiguous wall time opens at its first occurrence and closes at its last.
            start = datetime.combine(day, opening, self.zone).replace(fold=0).astimezone(UTC)
            end = datetime.combine(last, closing, self.zone).replace(fold=1).astimezone(UTC)
            if end > start:
                yield start, end

    def _open_from(self, instant: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Open stretches after the instant, merged where windows overlap."""
        day = instant.astimezone(self.zone).date() - timedelta(days=1)
        done = instant.astimezone(UTC)
        for ahead in range(days):
            for start, end in sorted(self._windows(day + timedelta(days=ahead))):
                start = max(start, done)
                if end > start:
                    yield start, end
                    done = end

    def due(self, start: datetime, owed: timedelta) -> datetime:
        """The instant (UTC) at which that much open time has passed; raises NeverOpen."""
        left = owed
        if left <= timedelta(0):
            return start.astimezone(UTC)
        for opens, closes in self._open_from(start, HORIZON_DAYS):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise NeverOpen("the calendar has no opening hours within ten years")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time between two instants."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        total = timedelta(0)
        for opens, closes in self._open_from(start, max((end - start).days + 4, 0)):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total


def parse(text: str, zone: str, is_holiday: Callable[[date], bool] = _no_holiday) -> Calendar:
    """A calendar from words like "mon-fri 09:00-14:00 16:00-19:00, sat 10:00-14:00"."""
    week: dict[int, tuple[Window, ...]] = {}
    for rule in filter(None, (part.strip() for part in text.lower().split(","))):
        days, _, windows = rule.partition(" ")
        week |= {day: tuple(map(_window, windows.split())) for day in _days(days)}
    if not any(week.values()):
        raise BadHours(f"opening hours {text!r} open on no day; write e.g. mon-fri 09:00-18:00")
    return Calendar(ZoneInfo(zone), week, is_holiday)


def _days(text: str) -> range:
    first, _, last = text.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise BadHours(f"{text!r} is no day; write e.g. mon-fri or sat")
    return range(DAYS.index(first), DAYS.index(last or first) + 1)


def _window(text: str) -> Window:
    found = re.fullmatch(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)", text)
    if found is None:
        raise BadHours(f"{text!r} are no hours; write e.g. 09:00-18:00")
    opens, opens_min, closes, closes_min = map(int, found.groups())
    try:
        return time(opens, opens_min), time(closes % 24, closes_min)
    except ValueError as wrong:
        raise BadHours(f"{text!r} are no hours of a day") from wrong
