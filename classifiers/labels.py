"""What goes in and what comes out: a text, and what we think of it. Values only."""

from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """What a person said in so many words, found by rule and not by guess."""

    OPT_OUT = "opt_out"
    LEGAL_THREAT = "legal_threat"
    CHURN_THREAT = "churn_threat"
    REPEATED_CONTACT = "repeated_contact"
    DEADLINE = "deadline"
    THANKS_ONLY = "thanks_only"
    RESOLVED = "resolved"


class Sentiment(StrEnum):
    """The polarity of a text."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Text:
    """What a person newly wrote: no quotes, no signature, nothing hidden."""

    id: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Guess:
    """One leaf of the taxonomy and how probable it is."""

    type: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that made a rule speak: for a signal, or for a cue such as an insult."""

    signal: str
    words: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What we think of one text, how sure we are, and which words decided."""

    id: str
    language: str
    type: str
    secondary: str | None
    probability: float
    top3: tuple[Guess, ...]
    complaint: float
    negative: float
    sentiment: Sentiment
    anger: float
    urgency: float
    signals: tuple[Signal, ...]
    evidence: tuple[Evidence, ...]
    needs_review: bool
    model: str
