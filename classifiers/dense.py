"""Softmax regression on sentence vectors, by L-BFGS: a few seconds for thousands of texts."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from classifiers.heads import Floats, softmax

Objective = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


def fit(
    vectors: Floats, targets: Floats, weights: Floats, *, decay: float
) -> tuple[Floats, Floats]:
    """Weights (a row a class) and bias that explain the soft targets best."""
    wide = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    share = (weights / weights.sum())[:, None]
    shape = (targets.shape[1], wide.shape[1])

    def objective(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        matrix = flat.reshape(shape)
        guesses = softmax(wide @ matrix.T.astype(np.float32))
        loss = -float((share * targets * np.log(guesses + 1e-12)).sum())
        slope = ((guesses - targets) * share).T @ wide + 0.0
        kept = matrix.copy()
        kept[:, -1] = 0.0
        return loss + decay / 2 * float((kept**2).sum()), (slope + decay * kept).ravel()

    best = minimised(objective, np.zeros(shape[0] * shape[1])).reshape(shape)
    return best[:, :-1].astype(np.float32), best[:, -1].astype(np.float32)


def minimised(
    objective: Objective, start: NDArray[np.float64], *, steps: int = 120, memory: int = 8
) -> NDArray[np.float64]:
    """Where a smooth convex objective is least (L-BFGS with halving steps)."""
    here, (value, slope) = start, objective(start)
    moves: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for _ in range(steps):
        direction = -_towards(slope, moves)
        length, fall = 1.0, float(direction @ slope)
        while True:
            there = here + length * direction
            new_value, new_slope = objective(there)
            if new_value <= value + 1e-4 * length * fall or length < 1e-6:
                break
            length /= 2
        change, turn = there - here, new_slope - slope
        settled = value - new_value < 1e-5 * max(1.0, abs(value))
        here, value, slope = there, new_value, new_slope
        if settled:
            break
        if change @ turn > 1e-12:
            moves = [*moves[1 - memory :], (change, turn)]
    return here


def _towards(
    slope: NDArray[np.float64], moves: list[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> NDArray[np.float64]:
    """The slope bent by what the last moves taught about the curvature."""
    bent, shares = slope.copy(), []
    for change, turn in reversed(moves):
        share = (change @ bent) / (change @ turn)
        bent = bent - share * turn
        shares.append(share)
    if moves:
        change, turn = moves[-1]
        bent = bent * ((change @ turn) / (turn @ turn))
    for (change, turn), share in zip(moves, reversed(shares), strict=True):
        bent = bent + change * (share - (turn @ bent) / (change @ turn))
    return bent
