"""Softmax regression on hashed n-grams, on thinc's sparse layer, a small batch at a time."""

from collections.abc import Sequence

import numpy as np
from thinc.api import Adam, SparseLinear_v2

from classifiers.heads import Floats, softmax
from classifiers.ngrams import Grams, gathered

SEED = 20


def fit(
    texts: Sequence[Grams],
    targets: Floats,
    weights: Floats,
    groups: Sequence[slice],
    *,
    buckets: int,
    epochs: int,
    rate: float = 0.01,
) -> tuple[Floats, Floats]:
    """Weights and bias of a sparse layer; a row of zero targets in a group teaches it nothing."""
    layer = SparseLinear_v2(targets.shape[1], buckets)
    layer.initialize()
    optimizer = Adam(rate, L2=0.0)
    chance = np.random.default_rng(SEED)
    weights = weights / weights.mean()
    for epoch in range(epochs):
        optimizer.learn_rate = rate * (1 - epoch / epochs) + rate / 20
        order = chance.permutation(len(texts))
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            scores, learn = layer.begin_update(gathered([texts[place] for place in chosen]))
            slope = np.zeros_like(scores)
            for group in groups:
                goal = targets[chosen, group]
                known = goal.sum(axis=1, keepdims=True)
                slope[:, group] = (softmax(scores[:, group]) * known - goal) / len(chosen)
            learn(slope * weights[chosen, None])
            layer.finish_update(optimizer)
    return layer.get_param("W"), layer.get_param("b")


def scores(texts: Sequence[Grams], weights: Floats, bias: Floats) -> Floats:
    """What a fitted layer says of texts."""
    layer = SparseLinear_v2(len(bias), len(weights) // len(bias))
    layer.set_param("W", weights)
    layer.set_param("b", bias)
    said: Floats = layer.predict(gathered(texts))
    return said
