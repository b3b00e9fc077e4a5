"""A case laid aside until a time, or until the customer writes; then it is back, and unread."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.case import AlreadyClosed, Case
from cases.db import transaction
from cases.history import What

MORNING = time(9, 0)
LONGEST = timedelta(days=366)
AT_ONCE = 200


class NotAhead(Exception):
    """A case can be laid aside until an instant in the next year, and no other."""


class Preset(StrEnum):
    """The times that people mean."""

    LATER = "later"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    WEEK = "week"
    REPLY = "reply"
    """No time: until somebody writes."""


def presets(now: datetime, zone: str) -> Mapping[Preset, datetime | None]:
    """When each preset ends, seen from now in that zone. Pure."""
    here = now.astimezone(ZoneInfo(zone))
    to_monday = 7 - here.weekday()
    return {
        Preset.LATER: (now + timedelta(hours=3)).replace(second=0, microsecond=0),
        Preset.TOMORROW: _morning(here, 1),
        Preset.MONDAY: _morning(here, to_monday),
        Preset.WEEK: _morning(here, 7),
        Preset.REPLY: None,
    }


def _morning(here: datetime, days: int) -> datetime:
    day = here.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, tzinfo=here.tzinfo)


def snooze(case: Case, until: datetime | None, *, by: str, at: datetime) -> None:
    """Lay an open case aside; what we promised stays promised. Raises AlreadyClosed, NotAhead."""
    if not case.is_open:
        raise AlreadyClosed(f"case {case.id} is closed")
    if until is not None and not at < until <= at + LONGEST:
        raise NotAhead(f"{until} is not within the next year")
    case.snoozed_at, case.snoozed_until = at, until
    said = until.isoformat() if until is not None else None
    case.happened(What.SNOOZED, by=by, at=at, until=said)


def wake(case: Case, *, by: str, at: datetime) -> None:
    """It is to be seen again; a case that nobody laid aside stays as it is."""
    if case.snoozed_at is not None:
        case.snoozed_at = case.snoozed_until = None
        case.happened(What.WOKEN, by=by, at=at)


def wake_due(at: datetime) -> int:
    """Wake the cases whose time has come; how many there were."""
    with transaction() as session:
        due = _due(session, at)
        for case in due:
            wake(case, by="", at=at)
            case.unread = case.unread or case.is_open
    return len(due)


def _due(session: Session, at: datetime) -> list[Case]:
    # Both are said, so that the index of what is laid aside will do.
    back = Case.snoozed_at.is_not(None) & (Case.snoozed_until <= at)
    wanted = select(Case).where(back).order_by(Case.id).limit(AT_ONCE)
    return list(session.scalars(wanted.with_for_update(skip_locked=True)))
