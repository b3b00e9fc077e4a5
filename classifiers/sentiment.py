"""Polarity, anger and urgency: the heads' guesses, raised by what was said outright. Pure."""

from collections.abc import Collection

from classifiers.heads import Floats
from classifiers.labels import Sentiment, Signal

ORDER = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)

# How much each cue adds, and the grade it never falls under.
ANGER = {
    "insult": (0.4, 0.0),
    "shouting": (0.4, 0.0),
    Signal.LEGAL_THREAT: (0.3, 1.2),
    Signal.CHURN_THREAT: (0.3, 1.0),
    Signal.REPEATED_CONTACT: (0.2, 0.0),
}
URGENCY = {
    "hurry": (0.5, 1.2),
    Signal.DEADLINE: (0.5, 1.2),
    Signal.LEGAL_THREAT: (0.2, 0.8),
    Signal.REPEATED_CONTACT: (0.2, 0.0),
}
HIGHEST = 3.0
CAPITALS = 0.6
ENOUGH_LETTERS = 20
HEARD = 400


def polarity(probabilities: Floats, cues: Collection[str]) -> Sentiment:
    if Signal.THANKS_ONLY in cues:
        return Sentiment.POSITIVE
    return ORDER[int(probabilities.argmax())]


def raised(guess: float, cues: Collection[str], table: dict[str, tuple[float, float]]) -> float:
    """A grade from 0.0 to 3.0: the guess, and what each cue adds to it."""
    if Signal.THANKS_ONLY in cues:
        return 0.0
    told = [table[cue] for cue in cues if cue in table]
    floor = max((least for _, least in told), default=0.0)
    return min(HIGHEST, max(floor, guess + sum(extra for extra, _ in told)))


def shouts(text: str) -> bool:
    """Whether most letters of a text of some length are capitals."""
    letters = [letter for letter in text[:HEARD] if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= ENOUGH_LETTERS and capitals >= CAPITALS * len(letters)
