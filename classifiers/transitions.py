"""The steps of a letter machine, kept as what differs from its usual step: a quarter the memory."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LETTERS = 256
_SLICE = 4_096


class Transitions:
    """From a state and a letter to the next state; asked by their place in the whole table."""

    __slots__ = ("_ends", "_letters", "_next", "_usual")

    def __init__(self, table: Sequence[int]) -> None:
        rows = np.asarray(table).reshape(-1, LETTERS)
        usual = rows[0]
        letters, following, counts = [], [], []
        # The whole at once would take a copy of the table, and a mask as large as a fourth of it.
        for start in range(0, len(rows), _SLICE):
            some = rows[start : start + _SLICE]
            places = np.nonzero(some != usual)
            letters.append(places[1].astype(np.uint8).tobytes())
            following.append(some[places].astype(np.uint32).tobytes())
            counts.append(np.bincount(places[0], minlength=len(some)))
        self._usual: list[int] = usual.tolist()
        self._letters = b"".join(letters)
        self._next = array("I", b"".join(following))
        self._ends = _ends(np.concatenate(counts))

    def __getitem__(self, place: int) -> int:
        row, letter = place >> 8, place & 0xFF
        found = self._letters.find(letter, self._ends[row], self._ends[row + 1])
        return self._next[found] if found >= 0 else self._usual[letter]


def _ends(counts: NDArray[np.int64]) -> "array[int]":
    return array("I", [0, *np.cumsum(counts).tolist()])
