"""Whether a text is a complaint: the head's probability, and what the rules know better. Pure."""

from collections.abc import Collection

from classifiers.labels import Signal

# How far each sign goes towards certainty.
RISE = 0.3
# Nobody threatens or writes a third time without complaining.
FLOORS: dict[str, float] = {
    "insult": 0.6,
    Signal.LEGAL_THREAT: 0.75,
    Signal.CHURN_THREAT: 0.7,
    Signal.REPEATED_CONTACT: 0.6,
}


UNFRIENDLY = frozenset(FLOORS)


def probability(guess: float, cues: Collection[str]) -> float:
    """The guess, raised by what makes it sure, and a little more where several things do."""
    if Signal.THANKS_ONLY in cues:
        return min(guess, 0.02)
    chance = guess
    for cue, floor in FLOORS.items():
        if cue in cues:
            chance = max(chance, floor) + RISE * (1 - max(chance, floor))
    return chance
