"""The moments of a case that move its clocks, read from its history. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from cases.history import What


class Kind(StrEnum):
    """What a moment means for what we owe."""

    WROTE = "wrote"
    """The customer wrote; a closed case is open again by that."""
    OWED = "owed"
    """Messages were moved: what is unanswered now is since `until`, or nothing."""
    ANSWERED = "answered"
    """A person of ours answered; what a machine says meets no promise."""
    TAKEN_BACK = "taken_back"
    INFORMED = "informed"
    """The customer was told how things stand, without an answer to what they asked."""
    WAITED = "waited"
    RESUMED = "resumed"
    LAID_ASIDE = "laid_aside"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"
    REOPENED = "reopened"
    """By a person of ours: the closing was a mistake, so the clocks go on where they stood."""
    CALL_PROMISED = "call_promised"
    CALLED = "called"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, and when."""

    kind: Kind
    at: datetime
    until: datetime | None = None
    """The instant that was named: for a promised call, or of the oldest mail unanswered."""
    event_id: int | None = None


class Happening(Protocol):
    """A row of the history, or what looks like one."""

    @property
    def id(self) -> int | None: ...
    @property
    def what(self) -> What: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


_PLAIN = {
    What.ANSWERED: Kind.ANSWERED,
    What.UNDONE: Kind.TAKEN_BACK,
    What.INFORMED: Kind.INFORMED,
    What.WAITING: Kind.WAITED,
    What.RESUMED: Kind.RESUMED,
    What.SNOOZED: Kind.LAID_ASIDE,
    What.WOKEN: Kind.TAKEN_UP,
    What.CLOSED: Kind.CLOSED,
    What.CALL_PROMISED: Kind.CALL_PROMISED,
    What.CALLED: Kind.CALLED,
}
MOVING = frozenset(_PLAIN) | {*(What.OPENED, What.MESSAGE_RECEIVED, What.REOPENED, What.OWED)}
"""The only events a promise can follow from."""


def moves(event: Happening) -> bool:
    """Whether that event moves a clock."""
    return _read(event) is not None


def moments(events: Iterable[Happening]) -> list[Moment]:
    """The moments in the order in which we learnt of them, without answers taken back."""
    found: list[Moment] = []
    for event in events:
        moment = _read(event)
        if moment is None:
            continue
        if moment.kind is Kind.TAKEN_BACK:
            _take_back(found)
        else:
            found.append(moment)
    return found


def _read(event: Happening) -> Moment | None:
    if event.what is What.UNDONE and event.data.get("undone"):
        return None  # A merge or a split was undone, and no answer.
    if event.what in _PLAIN:
        named = event.what is What.SNOOZED
        until = None if named else _instant(event.data.get("until"))
        return Moment(_PLAIN[event.what], event.at, until, event.id)
    if event.what is What.REOPENED:
        kind = Kind.WROTE if event.by == "customer" else Kind.REOPENED
        return Moment(kind, event.at, event_id=event.id)
    if event.what is What.OWED:
        kind = Kind.OWED if event.data.get("open") else Kind.CLOSED
        return Moment(kind, event.at, _instant(event.data.get("since")), event.id)
    owes = event.what in MOVING and bool(event.data.get("owes"))
    return Moment(Kind.WROTE, event.at, event_id=event.id) if owes else None


def _take_back(found: list[Moment]) -> None:
    for n in range(len(found) - 1, -1, -1):
        if found[n].kind is Kind.ANSWERED:
            del found[n]
            return


def _instant(words: object) -> datetime | None:
    return datetime.fromisoformat(words) if isinstance(words, str) and words else None
