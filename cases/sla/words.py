"""Promises in words: how a due instant came about, and what an acknowledgement says of it."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_day_names
from sqlalchemy.orm import object_session

from cases import calendars, clock, hours
from cases.calendars import BusinessCalendar
from cases.hours import Calendar, Stretch
from cases.language import current, say_clock, say_date, say_time, speaking
from cases.language import gettext as _
from cases.settings import settings
from cases.sla import book as books
from cases.sla.book import Book
from cases.sla.clocks import Clock
from cases.sla.policy import Target

if TYPE_CHECKING:
    from cases.case import Case

SHOWN = 5
"""Stretches of time that are said one by one; of more the middle is left out."""
SOON = timedelta(days=10)
"""Holidays that come so soon are named."""


def target_name(target: Target) -> str:
    """What a promise is about."""
    return {
        Target.FIRST_RESPONSE: _("First answer"),
        Target.NEXT_RESPONSE: _("Next answer"),
        Target.RESOLUTION: _("Settled"),
        Target.KEEP_INFORMED: _("News"),
        Target.CALL_BACK: _("Call back"),
    }[target]


def say_span(span: timedelta) -> str:
    """A duration, such as 4 h or 1 h 30 min."""
    minutes = round(span.total_seconds() / 60)
    parts = (_("{number} h", number=minutes // 60), _("{number} min", number=minutes % 60))
    return (
        " ".join(part for part, n in zip(parts, divmod(minutes, 60), strict=True) if n) or parts[1]
    )


def explain(clock: Clock) -> str:
    """How its due came about, such as "4 h = Fri 16:00–18:00 + Mon 9:00–11:00"."""
    if clock.until is not None:
        return _("the instant that was named")
    due = clock.due_at
    if due is None:
        spent = clock.spent(clock.paused_since or clock.started_at)
        used, owed = say_span(spent), say_span(clock.owed)
        return _("{used} of {owed} have passed; the clock stands", used=used, owed=owed)
    pieces = list(_pieces(clock.calendar, clock.started_at, due, clock.pauses))
    said = [_say_stretch(one, clock.calendar.zone) for one in pieces]
    if len(said) > SHOWN:
        said = [*said[: SHOWN - 1], "…", said[-1]]
    return f"{say_span(clock.owed)} = {' + '.join(said)}"


def _pieces(
    calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Stretch]
) -> list[Stretch]:
    """The open time that was counted: what is closed or paused is left out."""
    found, since = [], start
    for pause, resume in hours.joined(pauses):
        found += list(calendar.stretches(since, min(pause, end)))
        since = max(since, resume)
    return [*found, *calendar.stretches(since, end)]


def _say_stretch(stretch: Stretch, zone: ZoneInfo) -> str:
    day = format_skeleton("E", stretch[0].astimezone(zone), locale=current())
    return f"{day} {_clock(stretch[0], zone)}–{_clock(stretch[1], zone)}"


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local.hour}:{local.minute:02}"


def promise_in_words(case: "Case", language: str) -> str:
    """What an acknowledgement says: until when a person answers, and when we are open at all."""
    at, row = clock.now(), _calendar_row(case)
    calendar = row.built() if row is not None else books.calendar_by_settings()
    with speaking(language):
        lines = (_answer(case, calendar), _hours(row), _closed_now(calendar, row, at))
        return "\n".join(line for line in lines if line)


def hours_in_words(case: "Case", language: str) -> str:
    """When those are there who answer the case."""
    with speaking(language):
        return _hours(_calendar_row(case))


def _calendar_row(case: "Case") -> BusinessCalendar | None:
    """The calendar that the case's promises go by; None for the hours of the settings."""
    session = object_session(case)
    book = books.read(session) if session is not None else Book()
    name = (book.numbered(case.policy_id) or books.by_settings()).calendar
    return book.calendar_row(name, case.opened_at)


def _answer(case: "Case", calendar: Calendar) -> str:
    due = case.answer_due_at
    if due is None:
        return _("A person will answer you as soon as we can.")
    zone = case.contact.zone or calendar.zone.key
    day, hour = say_date(due, zone), say_time(due, zone)
    if ZoneInfo(zone).utcoffset(due) == calendar.zone.utcoffset(due):
        return _("A person will answer you by {day} at {time} at the latest.", day=day, time=hour)
    return _(
        "A person will answer you by {day} at {time} (your time) at the latest.", day=day, time=hour
    )


def _hours(row: BusinessCalendar | None) -> str:
    """As people say them: "mon-fri 09:00-18:00" is Monday to Friday 9:00 AM–6:00 PM."""
    text = row.opening_hours if row is not None else settings().opening_hours
    return _("Our opening hours: {hours}.", hours=_said_hours(text, current()))


@lru_cache(maxsize=100)
def _said_hours(text: str, language: str) -> str:
    text = re.sub(r"([a-z])-([a-z])", rf"\1{_(' to ')}\2", text)
    text = re.sub(r"\b([01]?\d|2[0-3]):(\d\d)", _said_clock, text).replace("-", "–")
    for day, word in get_day_names("wide", locale=language).items():
        text = text.replace(hours.DAYS[day], word)
    return text


def _said_clock(found: re.Match[str]) -> str:
    return say_clock(time(int(found[1]), int(found[2])), current())


def _closed_now(calendar: Calendar, row: BusinessCalendar | None, at: datetime) -> str:
    opens = calendar.next_open(at)
    if opens - at > timedelta(hours=1):
        zone = calendar.zone.key
        day, hour = say_date(opens, zone), say_time(opens, zone)
        said = _("We are closed now and open again on {day} at {time}.", day=day, time=hour)
        return " ".join(filter(None, (said, _free_days(calendar, row, at, opens + SOON))))
    return _free_days(calendar, row, at, at + SOON)


def _free_days(
    calendar: Calendar, row: BusinessCalendar | None, at: datetime, until: datetime
) -> str:
    """Holidays that are near, for those who count days."""
    first = at.astimezone(calendar.zone).date()
    days = (until.astimezone(calendar.zone).date() - first).days
    free = [day for n in range(days) if _is_free(calendar, day := first + timedelta(days=n))]
    said = [_say_day(day, row) for day in free[:4]]
    return _("We are closed on {days}.", days=", ".join(said)) if said else ""


def _is_free(calendar: Calendar, day: date) -> bool:
    return not calendar.hours_of(day) and bool(calendar.week.get(day.weekday()))


def _say_day(day: date, row: BusinessCalendar | None) -> str:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC"))
    said = say_date(noon, "UTC", style="long")
    name = calendars.holiday_name(row, day, current()) if row is not None else ""
    return f"{said} ({name})" if name else said
