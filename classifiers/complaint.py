"""Whether a text is a complaint: the head's probability, and what the rules know better. Pure."""

from collections.abc import Collection

from classifiers.labels import Signal

# Nobody threatens or writes a third time without complaining.
FLOORS = {
    Signal.LEGAL_THREAT: 0.75,
    Signal.CHURN_THREAT: 0.7,
    Signal.REPEATED_CONTACT: 0.6,
}


def probability(guess: float, signals: Collection[Signal]) -> float:
    if Signal.THANKS_ONLY in signals:
        return min(guess, 0.02)
    return max([guess, *(floor for signal, floor in FLOORS.items() if signal in signals)])
