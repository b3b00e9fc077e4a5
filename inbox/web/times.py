"""Instants and durations as agents read them: short in lists, exact where it matters."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_datetime_format

from cases import clock
from cases.language import current
from cases.language import gettext as _
from cases.settings import settings


def exact(instant: datetime) -> str:
    """Day and minute."""
    zone = ZoneInfo(settings().zone)
    hour = format_skeleton("Hm", instant.astimezone(zone), tzinfo=zone, locale=current())
    both = str(get_datetime_format("medium", locale=current())).replace("'", "")
    return both.replace("{0}", hour).replace("{1}", day(instant))


def minute(instant: datetime) -> str:
    """Hour and minute."""
    zone = ZoneInfo(settings().zone)
    return format_skeleton("Hm", instant.astimezone(zone), tzinfo=zone, locale=current())


def short(instant: datetime) -> str:
    """As short as it can be without being unclear: an hour, a weekday, a day, a year."""
    zone = ZoneInfo(settings().zone)
    here, now = instant.astimezone(zone), clock.now().astimezone(zone)
    if here.date() == now.date():
        return format_skeleton("Hm", here, tzinfo=zone, locale=current())
    if timedelta(0) <= now - here < timedelta(days=6):
        return format_skeleton("EHm", here, tzinfo=zone, locale=current())
    if here.year == now.year:
        return format_skeleton("MMMd", here, tzinfo=zone, locale=current())
    return format_date(here.date(), "short", locale=current())


def day(instant: datetime) -> str:
    """The day in a few words."""
    zone = ZoneInfo(settings().zone)
    return format_skeleton("yMMMd", instant.astimezone(zone), tzinfo=zone, locale=current())


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
    """A duration in two units, as a deadline needs it."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("{minutes} min", minutes=max(minutes, 1))
    if minutes < 60 * 24:
        return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return _("{days} d {hours} h", days=minutes // 1440, hours=minutes % 1440 // 60)
