"""What we promise: a time for each kind of answer. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Target(StrEnum):
    """What a promise is about."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    KEEP_INFORMED = "keep_informed"
    """When we spoke last, we speak again within that time."""
    CALL_BACK = "call_back"


class Pause(StrEnum):
    """A state of a case in which its clocks may stand."""

    WAITING = "waiting"
    """We wait for the customer."""
    SNOOZED = "snoozed"
    """We laid it aside."""


PAUSING = frozenset(Target) - {Target.CALL_BACK}
"""What waits while a case is in such a state. A call that was promised is made all the same."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of what we promise; all times are business time, and None promises nothing."""

    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    keep_informed: timedelta | None = None
    call_back: timedelta | None = None
    warn_at: float = 0.75
    """The part of the time after which we are warned."""
    pauses: frozenset[Pause] = frozenset({Pause.WAITING})
    """The states in which the clocks stand."""
    calendar: str = "default"
    name: str = "default"
    version: int = 1
    id: int | None = None

    def of(self, target: Target) -> timedelta | None:
        """The time promised for that."""
        found: timedelta | None = getattr(self, target.value)
        return found
