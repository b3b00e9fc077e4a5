"""When people sleep: mail that can wait is not sent then. Pure."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class BadQuietHours(Exception):
    """Quiet hours are written as 21:00-08:00."""


def quiet_hours(text: str) -> tuple[time, time] | None:
    """When quiet begins and ends; None for no quiet at all. Raises BadQuietHours."""
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip())
    try:
        begins = time(int(found[1]), int(found[2])) if found else None
        ends = time(int(found[3]), int(found[4])) if found else None
    except ValueError as wrong:
        raise BadQuietHours(text) from wrong
    if begins is None or ends is None:
        raise BadQuietHours(text)
    return (begins, ends) if begins != ends else None


def wakes_at(now: datetime, zone: str, quiet: tuple[time, time] | None) -> datetime | None:
    """When the person wakes up; None if they are awake."""
    if quiet is None:
        return None
    local = now.astimezone(_zone(zone))
    begins, ends = quiet
    wall = local.time().replace(tzinfo=None)
    over_midnight = begins > ends
    asleep = wall >= begins or wall < ends if over_midnight else begins <= wall < ends
    if not asleep:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and wall >= begins else 0)
    return datetime.combine(day, ends, local.tzinfo).astimezone(now.tzinfo)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
