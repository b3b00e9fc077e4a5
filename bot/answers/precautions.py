"""What an agent should look at before an answer leaves: rules as a table. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# Said in the agent's own words only; quoted text is not looked at.
_SPEAKS_OF_A_FILE = re.compile(
    r"\b(?:adjunt(?:o|a|os|as|amos|é|ado|ada|ados|adas)|en el adjunto|te env[íi]o el archivo|"
    r"attached|attachments?|enclosed|i(?:['’]m| am) attaching|i(?:['’]ll| will)? attach)\b",
    re.I,
)
LOOKED_AT = 20_000


class Worry(StrEnum):
    """Something that is most often a slip."""

    FILE = "file"
    """The text speaks of a file, and there is none."""
    BOT = "bot"
    """A bot is about to write to the same person."""
    MARKETING = "marketing"
    """A campaign is about to reach the same person."""
    BOUNCED = "bounced"
    """Mail to that address came back."""
    MAILBOX = "mailbox"
    """They wrote to another mailbox than the one that answers."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known as an answer is about to leave."""

    text: str
    files: int = 0
    forwarding: bool = False
    bots: tuple[str, ...] = ()
    """What bots will say to the same person within a day, in other cases."""
    campaigns: tuple[str, ...] = ()
    bounced: tuple[str, ...] = ()
    answers_from: str = ""
    written_to: tuple[str, ...] = ()
    """The mailboxes of ours that the customer's newest mail was sent to."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A worry, and what it is about."""

    worry: Worry
    about: tuple[str, ...] = ()


Rule = Callable[[Situation], Doubt | None]


def names_a_file(situation: Situation) -> Doubt | None:
    spoken = _SPEAKS_OF_A_FILE.search(situation.text[:LOOKED_AT])
    return Doubt(Worry.FILE, (spoken[0],)) if spoken and not situation.files else None


def goes_nowhere(situation: Situation) -> Doubt | None:
    return Doubt(Worry.BOUNCED, situation.bounced) if situation.bounced else None


def comes_from_elsewhere(situation: Situation) -> Doubt | None:
    other = situation.written_to and situation.answers_from not in situation.written_to
    if situation.forwarding or not other:
        return None
    return Doubt(Worry.MAILBOX, (situation.answers_from, *situation.written_to))


def a_bot_will_speak(situation: Situation) -> Doubt | None:
    return Doubt(Worry.BOT, situation.bots) if situation.bots else None


def a_campaign_will_come(situation: Situation) -> Doubt | None:
    return Doubt(Worry.MARKETING, situation.campaigns) if situation.campaigns else None


# All that speak are shown, so the order is only how they are read: the certain slips first.
RULES: tuple[Rule, ...] = (
    goes_nowhere,
    names_a_file,
    comes_from_elsewhere,
    a_bot_will_speak,
    a_campaign_will_come,
)


def doubts(situation: Situation) -> tuple[Doubt, ...]:
    """Everything that is worth a second look."""
    return tuple(found for rule in RULES if (found := rule(situation)) is not None)
