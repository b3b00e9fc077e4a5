"""A zip of XML files, element by element: all of it capped, and what declares anything refused."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Self
from xml.parsers import expat

from inbox.web.console.lists.reading import WORKBOOK, Unreadable

LARGEST = 2**28
"""Bytes of all that is read of it, unpacked."""
TIMES = 100
"""So many times its size, at most: lists of people do not repeat themselves more often."""
PIECE = 2**18
Tell = Callable[[float], object]
"""Is told which share of it is read, again and again."""
Event = tuple[bool, str, dict[str, str], str]
"""Whether an element begins, its name, its attributes, and the text before its end."""
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(expat.ExpatError, KeyError, ValueError, IndexError),
)


class Packed:
    """The files in the zip."""

    def __init__(self, archive: zipfile.ZipFile, size: int, tell: Tell) -> None:
        self._archive, self._names = archive, frozenset(archive.namelist())
        self._most = self._left = min(LARGEST, 2**20 + TIMES * size)
        # What it says of its own sizes may be wrong, and is good enough for a bar.
        said = (one.file_size for one in archive.infolist() if one.filename.endswith(".xml"))
        self._tell, self._whole = tell, max(sum(said), 1)

    @classmethod
    @contextmanager
    def opened(cls, file: IO[bytes], tell: Tell = lambda _share: None) -> Iterator[Self]:
        """Whatever is wrong with it inside of the block is said as Unreadable."""
        size = file.seek(0, 2)
        try:
            with zipfile.ZipFile(file) as archive:
                yield cls(archive, size, tell)
        except _BROKEN as wrong:
            raise Unreadable(WORKBOOK) from wrong

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def events(self, name: str) -> Iterator[Event]:
        """What that file says."""
        found: list[Event] = []
        text: list[str] = []
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def begins(name: str, attributes: dict[str, str]) -> None:
            text.clear()
            found.append((True, name.rpartition(":")[2], attributes, ""))

        def ends(name: str) -> None:
            found.append((False, name.rpartition(":")[2], {}, "".join(text)))
            text.clear()

        parser.StartElementHandler, parser.EndElementHandler = begins, ends
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text.append, _refuse
        with self._archive.open(name) as part:
            for piece in self._capped(part):
                parser.Parse(piece)
                yield from found
                found.clear()
        parser.Parse(b"", True)
        yield from found

    def _capped(self, part: IO[bytes]) -> Iterator[bytes]:
        while piece := part.read(PIECE):
            self._left -= len(piece)
            if self._left < 0:
                raise Unreadable(WORKBOOK)
            yield piece
            self._tell(min((self._most - self._left) / self._whole, 1.0))


def _refuse(*_about: object) -> None:
    """Entities are declared there, and lists need none."""
    raise Unreadable(WORKBOOK)
