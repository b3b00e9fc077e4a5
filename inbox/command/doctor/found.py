"""What was found of one part, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from cases.retelling import retold


class State(StrEnum):
    """How a part fares."""

    GOOD = "good"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """One part as it was found, and what to do about it."""

    part: str
    state: State
    said: str
    advice: str = ""


def good(part: str, said: str) -> Found:
    return Found(part, State.GOOD, said)


def wrong(part: str, said: str, advice: str) -> Found:
    return Found(part, State.WRONG, said, advice)


def unknown(part: str, said: str, advice: str = "") -> Found:
    return Found(part, State.UNKNOWN, said, advice)


def surprised(part: str, failure: Exception, advice: str) -> Found:
    """A part that failed in words of its own."""
    words = retold(str(failure).strip()).splitlines()
    return wrong(part, words[0] if words else type(failure).__name__, advice)
