"""The encoder's table of word pieces: whole on disk, and in memory the pieces that were met."""

import os
import tempfile
import weakref
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint8]
Numbers = NDArray[np.int64]

# Two languages and what is written in them by mistake need half of this.
MOST = 24_000
STEP = 4_000


class Pieces:
    """Rows of a large table, read from a file when they are first asked for."""

    def __init__(self, descriptor: int, rows: int, width: int) -> None:
        self._file, self._width = descriptor, width
        weakref.finalize(self, os.close, descriptor)
        self._place = np.full(rows, -1, np.int32)
        self._met = np.empty((STEP, width), np.uint8)
        self._number = 0
        self._lock = Lock()

    def __getitem__(self, asked: Numbers) -> Table:
        with self._lock:
            places = self._place[asked]
            if len(places) and places.min() < 0:
                self._meet(asked)
                places = self._place[asked]
            return self._met[places]

    def _meet(self, asked: Numbers) -> None:
        new = np.unique(asked[self._place[asked] < 0])
        if self._number + len(new) > MOST:
            # What is spoken of has changed, or somebody sends every word there is.
            self._place.fill(-1)
            self._number, new = 0, np.unique(asked)
        self._make_room(self._number + len(new))
        for number in new:
            row = os.pread(self._file, self._width, int(number) * self._width)
            self._met[self._number] = np.frombuffer(row, np.uint8)
            self._place[number] = self._number
            self._number += 1

    def _make_room(self, rows: int) -> None:
        if rows > len(self._met):
            more = np.empty((rows + STEP, self._width), np.uint8)
            more[: self._number] = self._met[: self._number]
            self._met = more


def on_disk(table: Table) -> Table | Pieces:
    """The same rows from a file that is gone with the process; the table where none can be made."""
    try:
        with tempfile.TemporaryFile() as file:
            table.tofile(file)
            file.flush()
            return Pieces(os.dup(file.fileno()), *table.shape)
    except OSError:
        return table
