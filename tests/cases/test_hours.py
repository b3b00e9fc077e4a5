"""Business time is exact: a second reckoning walks the minutes of UTC one by one and agrees."""

import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import hours
from cases.hours import BadHours, Calendar, NeverOpen, parse

MINUTE = timedelta(minutes=1)
SPAN = 6 * 24 * 60
PER_CALENDAR = 10
# A zone, and a day before clocks change there, or before a common night.
PLACES = (
    ("Europe/Madrid", date(2026, 3, 26)),
    ("Europe/Madrid", date(2026, 10, 22)),
    ("Atlantic/Canary", date(2026, 3, 26)),
    ("Atlantic/Canary", date(2026, 10, 22)),
    ("America/Mexico_City", date(2022, 10, 27)),
    ("America/Mexico_City", date(2022, 3, 31)),
    ("America/Bogota", date(2026, 12, 29)),
    ("Australia/Lord_Howe", date(2026, 4, 2)),
    ("Australia/Lord_Howe", date(2026, 10, 1)),
    ("Asia/Kathmandu", date(2026, 2, 25)),
)


@cache
def walls(place: tuple[str, date]) -> tuple[datetime, list[datetime]]:
    """The first minute, and what a clock on the wall shows at it and at all after it."""
    start = datetime.combine(place[1], time(0), UTC)
    zone = ZoneInfo(place[0])
    shown = [(start + n * MINUTE).astimezone(zone).replace(tzinfo=None) for n in range(SPAN)]
    return start, shown


@dataclass(frozen=True)
class Walker:
    """Counts open minutes by walking them."""

    start: datetime
    before: list[int]
    """How many open minutes lie before the minute of that number."""

    def elapsed(self, since: int, to: int) -> int:
        return self.before[to] - self.before[since] if to > since else 0

    def due(self, since: int, owed: int) -> int | None:
        """The minute after the last one owed; None if it lies beyond the walk."""
        found = bisect_left(self.before, self.before[since] + owed)
        return found if found < len(self.before) else None


def walk(place: tuple[str, date], calendar: Calendar) -> Walker:
    start, shown = walls(place)
    open_minutes = bytearray(SPAN)
    day = shown[0].date() - timedelta(days=1)
    while day <= shown[-1].date():
        for opening, closing in calendar.hours_of(day):
            opens = datetime.combine(day, opening)
            closes = datetime.combine(day + timedelta(days=closing <= opening), closing)
            first = next((n for n, wall in enumerate(shown) if wall >= opens), SPAN)
            last = next((n for n in range(SPAN - 1, -1, -1) if shown[n] < closes), -1)
            open_minutes[first : last + 1] = b"\1" * max(last + 1 - first, 0)
        day += timedelta(days=1)
    return Walker(start, list(accumulate(open_minutes, initial=0)))


clock_times = st.builds(
    time, st.sampled_from([0, 1, 2, 3, 6, 9, 14, 18, 22, 23]), st.sampled_from([0, 15, 30, 59])
)
windows = st.lists(st.tuples(clock_times, clock_times), max_size=3).map(tuple)
weeks = st.dictionaries(st.integers(0, 6), windows, min_size=4, max_size=7)


def a_calendar(place: tuple[str, date], week, free: int, special: int) -> Calendar:
    holiday = place[1] + timedelta(days=free)
    own = {place[1] + timedelta(days=special): ((time(10), time(13)),)} if special else {}
    return Calendar(ZoneInfo(place[0]), week, lambda day: day == holiday, own)


def agrees(place: tuple[str, date], calendar: Calendar, chance: random.Random) -> None:
    walker = walk(place, calendar)
    for _ in range(PER_CALENDAR):
        # The walk begins in the middle of shifts of the day before, so it starts a day later.
        since, to = (24 * 60 + chance.randrange(SPAN - 2 * 24 * 60) for _ in "ab")
        owed = chance.randrange(1, 40 * 60)
        start = walker.start + since * MINUTE
        spent = calendar.elapsed(start, walker.start + to * MINUTE)
        assert spent == walker.elapsed(since, to) * MINUTE
        due = walker.due(since, owed)
        if due is not None:
            assert calendar.due(start, owed * MINUTE) == walker.start + due * MINUTE
        paused_alike(walker, calendar, since, chance)


def paused_alike(walker: Walker, calendar: Calendar, since: int, chance: random.Random) -> None:
    marks = sorted(chance.randrange(since, SPAN) for _ in range(4))
    pauses = [(marks[0], marks[1]), (marks[2], marks[3])]
    at = [(walker.start + a * MINUTE, walker.start + b * MINUTE) for a, b in pauses]
    end = SPAN - 1
    expected = walker.elapsed(since, end) - sum(walker.elapsed(a, b) for a, b in pauses)
    start, last = walker.start + since * MINUTE, walker.start + end * MINUTE
    assert hours.elapsed(calendar, start, last, at) == expected * MINUTE
    if expected > 0:
        due = hours.due(calendar, start, expected * MINUTE, at)
        assert hours.elapsed(calendar, start, due, at) == expected * MINUTE
        assert due <= last


calendars = st.tuples(
    st.sampled_from(PLACES), weeks, st.integers(-1, 5), st.integers(0, 4), st.integers(0, 2**32)
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, derandomize=True)
@given(calendars)
def test_it_agrees_with_a_walk_over_the_minutes(drawn) -> None:
    place, week, free, special, seed = drawn
    agrees(place, a_calendar(place, week, free, special), random.Random(seed))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=10_000, deadline=None)
@given(calendars)
def test_it_agrees_with_a_hundred_thousand_walks(drawn) -> None:
    place, week, free, special, seed = drawn
    agrees(place, a_calendar(place, week, free, special), random.Random(seed))


open_weeks = weeks.filter(lambda week: any(a != b for day in week.values() for a, b in day))
instants = st.timedeltas(timedelta(0), timedelta(days=365)).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed
)
spans = st.timedeltas(timedelta(0), timedelta(hours=60))
zones = st.sampled_from(sorted({place[0] for place in PLACES})).map(ZoneInfo)
some = st.builds(Calendar, zones, open_weeks.filter(lambda week: len(week) > 5))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(some, instants, spans, spans)
def test_owing_two_spans_is_owing_their_sum(calendar, start, one, other) -> None:
    try:
        both = calendar.due(start, one + other)
    except NeverOpen:
        return
    assert both == calendar.due(calendar.due(start, one), other)
    assert both >= calendar.due(start, one)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(some, instants, spans)
def test_what_was_owed_has_passed_when_it_is_due(calendar, start, owed) -> None:
    try:
        due = calendar.due(start, owed)
    except NeverOpen:
        return
    assert calendar.elapsed(start, due) == owed


@settings(max_examples=100, deadline=None, derandomize=True)
@given(some, st.tuples(instants, instants, instants).map(sorted))
def test_a_span_may_be_split_anywhere(calendar, points) -> None:
    start, middle, end = points
    split = calendar.elapsed(start, middle) + calendar.elapsed(middle, end)
    assert split == calendar.elapsed(start, end)
    assert calendar.elapsed(end, start) == timedelta(0)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(some, instants, instants, spans)
def test_who_starts_later_is_due_no_earlier(calendar, one, other, owed) -> None:
    first, second = sorted((one, other))
    try:
        assert calendar.due(first, owed) <= calendar.due(second, owed)
    except NeverOpen:
        return


def at(text: str, zone: str = "Europe/Madrid") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "start", "owed", "due"),
    [
        ("mon-fri 09:00-18:00", "2026-03-27T17:00", 2, "2026-03-30T10:00"),
        ("mon-fri 09:00-14:00 16:00-19:00", "2026-03-10T13:00", 2, "2026-03-10T17:00"),
        ("mon-sun 22:00-06:00", "2026-03-28T23:00", 6, "2026-03-29T06:00"),
        ("mon-sun 22:00-06:00", "2026-10-24T23:00", 8, "2026-10-25T06:00"),
        ("mon-sun 00:00-24:00", "2026-03-28T12:00", 24, "2026-03-29T13:00"),
        ("fri-mon 10:00-12:00", "2026-03-12T09:00", 5, "2026-03-15T11:00"),
        ("mon 09:00-12:00 11:00-13:00", "2026-03-09T08:00", 4, "2026-03-09T13:00"),
    ],
)
def test_promises_fall_where_a_person_would_put_them(text, start, owed, due) -> None:
    calendar = parse(text, "Europe/Madrid")
    assert calendar.due(at(start), timedelta(hours=owed)) == at(due)


def test_a_shift_that_ends_when_clocks_go_back_ends_the_first_time() -> None:
    shift = parse("sat 22:00-02:00", "Europe/Madrid").windows(date(2026, 10, 24))[0]
    assert shift[1] - shift[0] == timedelta(hours=4)


def test_a_shift_inside_the_lost_hour_is_not_worked() -> None:
    assert parse("sun 02:10-02:50", "Europe/Madrid").windows(date(2026, 3, 29)) == ()


def test_a_calendar_that_never_opens_says_so() -> None:
    never = Calendar(ZoneInfo("Europe/Madrid"), {0: ((time(9), time(10)),)}, lambda _day: True)
    with pytest.raises(NeverOpen):
        never.due(at("2026-03-10T10:00"), timedelta(hours=1))
    with pytest.raises(NeverOpen):
        never.next_open(at("2026-03-10T10:00"))


def test_it_knows_when_we_open_next() -> None:
    calendar = parse("mon-fri 09:00-14:00 16:00-19:00", "Europe/Madrid")
    assert calendar.is_open(at("2026-03-10T13:59"))
    assert not calendar.is_open(at("2026-03-10T14:00"))
    assert calendar.next_open(at("2026-03-13T20:00")) == at("2026-03-16T09:00")


def test_a_day_may_have_hours_of_its_own() -> None:
    eve = {date(2026, 12, 24): ((time(10), time(13)),), date(2026, 12, 28): ()}
    calendar = parse("mon-fri 09:00-18:00", "Europe/Madrid", lambda day: day.day == 25, eve)
    assert calendar.due(at("2026-12-24T09:00"), timedelta(hours=4)) == at("2026-12-29T10:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon",
        "maandag 09:00-18:00",
        "mon 9-18",
        "mon 09:00-25:00",
        "mon 09:00-24:30",
        "mon-x 1:00-2:00",
    ],
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        parse(text, "Europe/Madrid")


@pytest.mark.parametrize("text", ["lun-mié 09:00-18:00", "LUN-MIE 09:00-18:00"])
def test_days_are_read_in_spanish_too_and_kept_in_english(text: str) -> None:
    kept = hours.in_english(text)
    assert kept == "mon-wed 09:00-18:00"
    assert hours.in_spanish(kept) == "lun-mié 09:00-18:00"
    assert parse(text, "UTC").week == parse(kept, "UTC").week
