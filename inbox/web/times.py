"""Instants and durations as agents read them: short in lists, exact where it matters."""

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_datetime_format

from cases import clock
from cases.language import current
from cases.language import gettext as _
from cases.settings import settings
from inbox.web import who

FAR = 10
"""Hours ahead where minutes no longer matter."""


def exact(instant: datetime) -> str:
    """Day and minute."""
    both = _day_and_hour(current())
    return both.replace("{0}", minute(instant)).replace("{1}", day(instant))


@cache
def _day_and_hour(language: str) -> str:
    return str(get_datetime_format("medium", locale=language)).replace("'", "")


def minute(instant: datetime) -> str:
    """Hour and minute."""
    return _said("Hm", _here(instant), current())


def short(instant: datetime) -> str:
    """As short as it can be without being unclear: an hour, a weekday, a day, a year."""
    here, now = _here(instant), _here(clock.now())
    if here.date() == now.date():
        return _said("Hm", here, current())
    if timedelta(0) <= now - here < timedelta(days=6):
        return _said("EHm", here, current())
    if here.year == now.year:
        return _said("MMMd", _midnight(here), current())
    return _said_day(here.date(), current())


def coming(instant: datetime) -> str:
    """An instant that is awaited: an hour, a weekday and hour, or a day."""
    here, now = _here(instant), _here(clock.now())
    if here.date() == now.date():
        return _said("Hm", here, current())
    if abs(here - now) < timedelta(days=6):
        return _said("EHm", here, current())
    return day(instant)


def day(instant: datetime) -> str:
    """The day in a few words."""
    return _said("yMMMd", _midnight(_here(instant)), current())


def date_of(day: date) -> str:
    """A day that is no instant."""
    return _said("yMMMd", datetime.combine(day, time()), current())


def in_year(day: date) -> str:
    """The same where the year is known, or does not matter: 13 Nov."""
    return _said("MMMd", datetime.combine(day, time()), current())


def dated(said: str) -> str:
    """A cell of a table that holds a day, as people read days; any other stays as it is."""
    try:
        found = date.fromisoformat(said) if len(said) == len("2026-11-26") else None
    except ValueError:
        found = None
    return said if found is None else date_of(found)


def today_in_shop() -> date:
    """The day it is in the shop, wherever who asks is."""
    return clock.now().astimezone(ZoneInfo(settings().zone)).date()


def _here(instant: datetime) -> datetime:
    """The minute on the clock of whoever looks."""
    return instant.astimezone(_zone(who.zone())).replace(second=0, microsecond=0, tzinfo=None)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _midnight(here: datetime) -> datetime:
    return datetime.combine(here.date(), time())


# A list says a hundred times, and the same ones again on the next page.
@lru_cache(maxsize=20_000)
def _said(skeleton: str, here: datetime, language: str) -> str:
    return format_skeleton(skeleton, here, locale=language)


@lru_cache(maxsize=2_000)
def _said_day(day: date, language: str) -> str:
    return format_date(day, "short", locale=language)


def ago(instant: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    passed = max(clock.now() - instant, timedelta(0))
    if passed < timedelta(minutes=1):
        return _("now")
    if passed < timedelta(days=7):
        return rough(passed)
    return day(instant)


def rough(span: timedelta) -> str:
    """A duration in one unit."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("{minutes} min", minutes=max(minutes, 1))
    if minutes < 60 * 24:
        return _("{hours} h", hours=minutes // 60)
    return _("{days} d", days=minutes // 1440)


def span(length: timedelta) -> str:
    """A duration in two units, as a deadline needs it, or in one where the other says nothing."""
    minutes = max(int(length.total_seconds() // 60), 0)
    hours, days = minutes // 60, minutes // 1440
    if days and hours % 24:
        return _("{days} d {hours} h", days=days, hours=hours % 24)
    if 0 < hours < FAR and minutes % 60:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)
    return rough(length)
