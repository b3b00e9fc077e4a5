"""Business hours: elapsed time inside local opening windows, exact over clock changes. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[time, time]
"""Local opening and closing; a closing at or before the opening is on the next day."""
Stretch = tuple[datetime, datetime]
"""Two instants in UTC, the first before the second."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_ES = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
"""As a Spanish admin writes them; read with and without accents."""
_NUMBERS = {
    name: n
    for names in (DAYS, DAYS_ES, ("lun", "mar", "mie", "jue", "vie", "sab", "dom"))
    for n, name in enumerate(names)
}
HORIZON_DAYS = 3700
NOTHING = timedelta(0)
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_REMEMBERED_DAYS = 5000


class NeverOpen(Exception):
    """The calendar has no opening hours, so nothing can ever be due."""


class BadHours(Exception):
    """Opening hours that cannot be read; the text says how they are written."""


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When that day begins there, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _no_holiday(_day: date) -> bool:
    return False


@dataclass(frozen=True)
class Calendar:
    """When we are open, in one time zone."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Window, ...]]
    """Monday is 0; several windows a day are allowed, and may overlap."""
    is_holiday: Callable[[date], bool] = field(default=_no_holiday)
    special: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    """Days with hours of their own, whatever the week and the holidays say; none is closed."""
    _days: dict[date, tuple[Stretch, ...]] = field(default_factory=dict, repr=False, compare=False)

    def windows(self, day: date) -> tuple[Stretch, ...]:
        """The shifts that begin on that day, in order."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _REMEMBERED_DAYS:
                self._days.clear()
            found = self._days[day] = tuple(sorted(self._shifts(day)))
        return found

    def hours_of(self, day: date) -> tuple[Window, ...]:
        """The opening hours of that day as walls show them."""
        if day in self.special:
            return self.special[day]
        return () if self.is_holiday(day) else self.week.get(day.weekday(), ())

    def _shifts(self, day: date) -> Iterator[Stretch]:
        for opening, closing in self.hours_of(day):
            last = day + _DAY if closing <= opening else day
            start = _opens(datetime.combine(day, opening), self.zone)
            end = _closes(datetime.combine(last, closing), self.zone)
            if end > start:
                yield start, end

    def _open_from(self, instant: datetime, days: int) -> Iterator[Stretch]:
        """Open stretches after the instant, none of which overlaps another."""
        done = instant.astimezone(UTC)
        day = done.astimezone(self.zone).date() - _DAY
        for ahead in range(days):
            for start, end in self.windows(day + timedelta(days=ahead)):
                start = max(start, done)
                if end > start:
                    yield start, end
                    done = end

    def due(self, start: datetime, owed: timedelta) -> datetime:
        """The instant (UTC) at which that much open time has passed; raises NeverOpen."""
        left = owed
        if left <= NOTHING:
            return start.astimezone(UTC)
        for opens, closes in self._open_from(start, HORIZON_DAYS):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise NeverOpen("the calendar has no opening hours within ten years")

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The open time between two instants, stretch by stretch; what touches is joined."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        held: Stretch | None = None
        for opens, closes in self._open_from(start, max((end - start).days + 4, 0)):
            if opens >= end:
                break
            if held is not None and held[1] < opens:
                yield held
                held = None
            held = (held[0] if held else opens, min(closes, end))
        if held is not None:
            yield held

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time between two instants."""
        return sum((to - since for since, to in self.stretches(start, end)), NOTHING)

    def is_open(self, instant: datetime) -> bool:
        """Whether we are open at that instant."""
        return self.next_open(instant) == instant.astimezone(UTC)

    def next_open(self, instant: datetime) -> datetime:
        """That instant if we are open, else when we open next; raises NeverOpen."""
        for opens, _closes in self._open_from(instant, HORIZON_DAYS):
            return opens
        raise NeverOpen("the calendar has no opening hours within ten years")


def due(
    calendar: Calendar, start: datetime, owed: timedelta, pauses: Sequence[Stretch] = ()
) -> datetime:
    """When that much open time has passed outside the pauses; raises NeverOpen."""
    left, since = owed, start.astimezone(UTC)
    for pause, resume in joined(pauses):
        if resume <= since:
            continue
        if pause > since:
            passed = calendar.elapsed(since, pause)
            if passed >= left:
                break
            left -= passed
        since = resume
    return calendar.due(since, left)


def elapsed(
    calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Stretch] = ()
) -> timedelta:
    """Open time between two instants, outside the pauses."""
    total, since = NOTHING, start.astimezone(UTC)
    for pause, resume in joined(pauses):
        if pause >= end:
            break
        if pause > since:
            total += calendar.elapsed(since, pause)
        since = max(since, resume)
    return total + (calendar.elapsed(since, end) if end > since else NOTHING)


def joined(pauses: Iterable[Stretch]) -> Iterator[Stretch]:
    """The pauses in order, with those that touch or overlap made one."""
    held: Stretch | None = None
    for pause, resume in sorted(one for one in pauses if one[1] > one[0]):
        if held is not None and pause <= held[1]:
            held = (held[0], max(held[1], resume))
            continue
        if held is not None:
            yield held
        held = (pause, resume)
    if held is not None:
        yield held


# A wall time happens once, except where clocks change: in the night they are set back an hour
# happens twice, and in the night they are set forward one does not happen at all.


def _opens(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which clocks on the wall show that time, or a later one."""
    first, last = _candidates(wall, zone)
    return first if first <= last else _jump(wall, last, first, zone)


def _closes(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant after the last at which clocks on the wall show an earlier time."""
    first, last = _candidates(wall, zone)
    if first > last:
        return _jump(wall, last, first, zone)
    before = (last - _SECOND).astimezone(zone).replace(tzinfo=None)
    return last if before < wall else first


def _candidates(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The wall time read with the offset before a change of clocks, and with that after it."""
    there = wall.replace(tzinfo=zone)
    return there.astimezone(UTC), there.replace(fold=1).astimezone(UTC)


def _jump(wall: datetime, before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between those two at which clocks jump over that wall time."""
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def parse(
    text: str,
    zone: str,
    is_holiday: Callable[[date], bool] = _no_holiday,
    special: Mapping[date, tuple[Window, ...]] | None = None,
) -> Calendar:
    """A calendar from words like "mon-fri 09:00-14:00 16:00-19:00, sat 22:00-06:00"."""
    week: dict[int, tuple[Window, ...]] = {}
    for rule in filter(None, (part.strip() for part in text.lower().split(","))):
        days, _, windows = rule.partition(" ")
        week |= {day: windows_of(windows) for day in _days(days)}
    if not any(week.values()):
        raise BadHours(f"opening hours {text!r} open on no day; write e.g. mon-fri 09:00-18:00")
    return Calendar(ZoneInfo(zone), week, is_holiday, special or {})


def windows_of(text: str) -> tuple[Window, ...]:
    """The shifts of a day from words like "09:00-14:00 16:00-19:00"; raises BadHours."""
    return tuple(map(_window, text.split()))


def _days(text: str) -> list[int]:
    first, _, last = text.partition("-")
    if first not in _NUMBERS or (last or first) not in _NUMBERS:
        raise BadHours(f"{text!r} is no day; write e.g. mon-fri or sat")
    start = _NUMBERS[first]
    count = (_NUMBERS[last or first] - start) % 7 + 1
    return [(start + n) % 7 for n in range(count)]


def in_english(text: str) -> str:
    """Hours as they are kept, whichever way somebody wrote the days."""
    return re.sub(r"[^\W\d_]+", lambda word: _kept(word[0]), text.lower())


def _kept(word: str) -> str:
    return DAYS[_NUMBERS[word]] if word in _NUMBERS else word


def in_spanish(text: str) -> str:
    """Hours as a Spanish reader writes them: "lun-vie 09:00-18:00"."""
    return re.sub("|".join(DAYS), lambda day: DAYS_ES[DAYS.index(day[0])], text.lower())


def _window(text: str) -> Window:
    found = re.fullmatch(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)", text)
    if found is None:
        raise BadHours(f"{text!r} are no hours; write e.g. 09:00-18:00")
    opens, opens_min, closes, closes_min = map(int, found.groups())
    try:
        all_day_long = (closes, closes_min) == (24, 0)
        return time(opens, opens_min), time(0 if all_day_long else closes, closes_min)
    except ValueError as wrong:
        raise BadHours(f"{text!r} are no hours of a day") from wrong
