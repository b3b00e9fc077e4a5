"""The mood of a case as a course: how it began, how bad it got, how it is now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.mail import Origin
from cases.message import Direction, Message

ANGRY = 1.8
"""From here on an unhappy customer is called angry."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How the customer sounded in one message."""

    sentiment: str
    anger: float
    at: datetime
    message: int

    @property
    def badness(self) -> float:
        if self.sentiment == "negative":
            return 1.0 + self.anger
        return -1.0 if self.sentiment == "positive" else 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """The first sign, the worst and the last."""

    start: Sign
    worst: Sign
    now: Sign

    def with_sign(self, sign: Sign) -> "Course":
        """The same after one more sign, which need not be the newest."""
        start = (
            sign if (sign.at, sign.message) < (self.start.at, self.start.message) else self.start
        )
        now = sign if (sign.at, sign.message) >= (self.now.at, self.now.message) else self.now
        return Course(start, max(self.worst, sign, key=lambda one: one.badness), now)


def course_of(signs: list[Sign]) -> Course | None:
    """The course of those signs; None where there is none."""
    if not signs:
        return None
    found = Course(signs[0], signs[0], signs[0])
    for sign in signs[1:]:
        found = found.with_sign(sign)
    return found


def sign_of(message: Message) -> Sign | None:
    """What a message says of the customer's mood: they wrote it, or we noted it of a call."""
    return sign_in(message, message.labels or {})


def sign_in(message: Any, said: Mapping[str, Any]) -> Sign | None:
    """The same of a message, or its row, and labels that are not written on it yet."""
    theirs = message.direction is Direction.IN and message.origin is Origin.CUSTOMER
    told = theirs or said.get("sentiment_by")
    if not told or message.quarantined or not said.get("sentiment"):
        return None
    return Sign(
        str(said["sentiment"]), float(said.get("anger") or 0.0), message.arrived_at, message.id
    )


def added(kept: dict[str, Any] | None, sign: Sign | None) -> dict[str, Any] | None:
    """What a case keeps of its course, after one more sign."""
    if sign is None:
        return kept
    known = read(kept)
    return written(known.with_sign(sign) if known is not None else Course(sign, sign, sign))


def written(course: Course | None) -> dict[str, Any] | None:
    """A course as a case keeps it."""
    if course is None:
        return None
    return {name: _kept(getattr(course, name)) for name in ("start", "worst", "now")}


def _kept(sign: Sign) -> dict[str, Any]:
    # Three times as fast as asking for the fields, for every message there is.
    at = sign.at.isoformat()
    return {"sentiment": sign.sentiment, "anger": sign.anger, "at": at, "message": sign.message}


def read(kept: dict[str, Any] | None) -> Course | None:
    """The course that a case keeps."""
    if not kept:
        return None
    return Course(*(_sign(kept[name]) for name in ("start", "worst", "now")))


def _sign(kept: dict[str, Any]) -> Sign:
    return Sign(**{**kept, "at": datetime.fromisoformat(kept["at"])})
