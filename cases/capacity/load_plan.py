"""A mailing in waves: how many go in which hour, so that those who answer find somebody. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
LONGEST = 7 * 24
"""Hours; what does not fit into a week is another mailing."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One part of the mailing."""

    at: datetime
    mails: int


def waves_of(
    audience: int, per_hour: int, since: datetime, is_open: Callable[[datetime], bool]
) -> tuple[Wave, ...]:
    """The waves from that instant on, each in an hour when somebody is there to answer."""
    found: list[Wave] = []
    left = audience
    for n in range(LONGEST):
        at = since + n * HOUR
        if left <= 0 or per_hour <= 0:
            break
        if is_open(at):
            found.append(Wave(at, min(per_hour, left)))
            left -= per_hour
    return tuple(found)


def left_over(audience: int, waves: tuple[Wave, ...]) -> int:
    """How many found no place within a week."""
    return audience - sum(wave.mails for wave in waves)
