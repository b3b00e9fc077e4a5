"""The replies the program knows of itself, and the manners of each."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Mode(StrEnum):
    """What a reply, a rule or an outside bot may do."""

    OFF = "off"
    SHADOW = "shadow"
    """Decides and is shown, but sends nothing."""
    DRAFT = "draft"
    """Proposes to an agent, who edits and sends."""
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a reply behaves."""

    urgent: bool = False
    """It leaves at once, at any hour."""
    announced: bool = False
    """It tells how the customer's matter goes on, so it is no answer; it has limits of its own."""
    beside_people: bool = False
    """It may be said although a person has taken the case."""
    after_closing: bool = False
    """It is said of closed cases."""
    stands: bool = False
    """It is true though the customer wrote again."""
    lasts: timedelta = timedelta(hours=24)
    """Later it is not worth saying any more."""


ACKNOWLEDGEMENT, SUGGESTION, PROGRESS = "acknowledgement", "suggestion", "progress"
APOLOGY, REMINDER, CLOSING = "apology", "reminder", "closing"
SATISFACTION, HANDOVER = "satisfaction", "handover"

KINDS: dict[str, Kind] = {
    ACKNOWLEDGEMENT: Kind(urgent=True, stands=True),
    SUGGESTION: Kind(),
    PROGRESS: Kind(announced=True, beside_people=True, stands=True),
    APOLOGY: Kind(announced=True, beside_people=True, stands=True),
    REMINDER: Kind(announced=True, beside_people=True, lasts=timedelta(days=3)),
    CLOSING: Kind(announced=True, beside_people=True, after_closing=True, lasts=timedelta(days=3)),
    SATISFACTION: Kind(
        announced=True, beside_people=True, after_closing=True, lasts=timedelta(days=3)
    ),
}
BUILT_IN = (*KINDS, HANDOVER)
ORDINARY = Kind()


def kind_of(template: str) -> Kind:
    """The manners of that reply; of rules and outside bots the ordinary ones."""
    return KINDS.get(template, ORDINARY)
