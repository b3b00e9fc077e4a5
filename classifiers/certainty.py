"""How sure is sure: temperatures, the threshold for tagging alone, the calibration error. Pure."""

import numpy as np
from numpy.typing import NDArray

from classifiers.heads import Floats, softmax

AIM = 0.95
TEMPERATURES = np.geomspace(0.2, 5.0, 60)
BINS = 10
# A threshold that rests on fewer texts than this would be chance.
FEWEST = 30


def temperature(scores: Floats, truth: NDArray[np.intp]) -> float:
    """What to divide scores by, so that probabilities mean what they say."""
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(scores / t)[rows, truth] + 1e-9).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def confidence(scores: Floats, acceptable: NDArray[np.bool_]) -> float:
    """What to divide scores by, so that the highest says how often it is acceptable."""
    rows = np.arange(len(scores))
    fine = acceptable[rows, scores.argmax(axis=1)]

    def loss(temperature: float) -> float:
        sure = np.clip(softmax(scores / temperature).max(axis=1), 1e-6, 1 - 1e-6)
        return -float(np.where(fine, np.log(sure), np.log(1 - sure)).mean())

    return float(min(TEMPERATURES, key=loss))


def threshold(sure: Floats, acceptable: NDArray[np.bool_], *, aim: float = AIM) -> float:
    """The lowest probability above which at least the aimed share is acceptable."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(acceptable[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= aim)
    good = good[good >= FEWEST - 1]
    return float(sure[order][good[-1]]) if len(good) else 1.0


def calibration_error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """The mean distance between how sure it was and how often it was right."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        abs(float(sure[bins == one].mean() - right[bins == one].mean()))
        * float((bins == one).mean())
        for one in np.unique(bins)
    ]
    return float(sum(gaps))
