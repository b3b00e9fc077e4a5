"""Dates and lengths of time as people type them: 2026-11-01, 1/11/2026, ayer, 7d, 2h. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.words.folding import fold

_LENGTH = re.compile(r"(\d{1,4})\s?(m|min|h|d|s|w|sem)")
_UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "s": timedelta(weeks=1),
    "w": timedelta(weeks=1),
    "sem": timedelta(weeks=1),
}
_DAYS = {"today": 0, "hoy": 0, "yesterday": 1, "ayer": 1}


def length(text: str) -> timedelta | None:
    """How long 2h, 30min, 3d and 1w are; None for anything else."""
    found = _LENGTH.fullmatch(fold(text))
    return int(found[1]) * _UNITS[found[2]] if found else None


def instant(text: str, now: datetime, zone: str) -> datetime | None:
    """When the day that is meant begins in that zone; None for anything else."""
    if (back := length(text)) is not None:
        return now - back
    here = now.astimezone(ZoneInfo(zone)).date()
    day = _day(fold(text), here)
    return datetime.combine(day, time(), ZoneInfo(zone)) if day is not None else None


def _day(text: str, today: date) -> date | None:
    if text in _DAYS:
        return today - timedelta(days=_DAYS[text])
    parts = re.split(r"[-/.]", text)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    try:
        return date(int(year), int(month), int(day)) if len(year) == 4 else None
    except ValueError:
        return None
