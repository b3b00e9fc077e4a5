"""The small heads beside the complaint type: which there are, and what each one's classes mean."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Head -> number of classes, from little to much. The order is the order of the columns.
HEADS = {"complaint": 2, "sentiment": 3, "anger": 4, "urgency": 4}
WIDTH = sum(HEADS.values())


def columns() -> Iterator[tuple[str, slice]]:
    """Each head with the columns that belong to it."""
    start = 0
    for head, width in HEADS.items():
        yield head, slice(start, start + width)
        start += width


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return total


def split(scores: Floats) -> dict[str, Floats]:
    """Probabilities by head, of one row of scores or of many."""
    return {head: softmax(scores[..., place]) for head, place in columns()}


def expected(probabilities: Floats) -> float:
    """The mean grade: 0.0 where the lowest class is certain."""
    return float(probabilities @ np.arange(probabilities.shape[-1]))
