"""When people sleep: mail that can wait is not sent then. Pure."""

import re
from datetime import UTC, datetime, time, timedelta
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
    """When the person wakes up (UTC); None if they are awake."""
    if quiet is None:
        return None
    local = now.astimezone(_zone(zone))
    begins, ends = quiet
    time_there = local.time()
    over_midnight = begins > ends
    late, early = time_there >= begins, time_there < ends
    if not (late or early if over_midnight else late and early):
        return None
    day = local.date() + timedelta(days=1 if over_midnight and late else 0)
    wall = datetime.combine(day, ends, local.tzinfo)
    # Where clocks are set back it is that time twice: the first may be over.
    return max(one.astimezone(UTC) for one in (wall, wall.replace(fold=1)))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
