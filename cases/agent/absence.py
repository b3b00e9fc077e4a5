"""An agent who is not at work: until they are back, or until an end that the clock brings."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cases.agent import Agent
from cases.snoozing import LONGEST, MORNING, NotAhead


class Until(StrEnum):
    """The ends that people mean."""

    BACK = "back"
    """No time: until they say so."""
    HOUR = "hour"
    TODAY = "today"
    TOMORROW = "tomorrow"


def ends(now: datetime, zone: str) -> Mapping[Until, datetime | None]:
    """When each of them is, seen from now in that zone. Pure."""
    here = now.astimezone(ZoneInfo(zone))
    next_day = here.date() + timedelta(days=1)
    return {
        Until.BACK: None,
        Until.HOUR: (now + timedelta(hours=1)).replace(second=0, microsecond=0),
        Until.TODAY: datetime.combine(next_day, time(), tzinfo=here.tzinfo),
        Until.TOMORROW: datetime.combine(next_day, MORNING, tzinfo=here.tzinfo),
    }


def leave(agent: Agent, until: datetime | None, *, at: datetime) -> None:
    """They are away from now on. Raises NotAhead for an end that is not in the next year."""
    if until is not None and not at < until <= at + LONGEST:
        raise NotAhead(f"{until} is not within the next year")
    if not agent.is_away(at):
        agent.away_since = at
    agent.away_until = until


def come_back(agent: Agent) -> None:
    """They are at work again."""
    agent.away_since = agent.away_until = None
