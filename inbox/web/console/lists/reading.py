"""What an uploaded list says: encoding, separator, header, and the column with addresses. Pure."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

from cases.contact import normalised

SAMPLE_LINES = 200
SAMPLE = 64 * 1024
LONGEST_LINE = 64 * 1024
LONGEST_ADDRESS = 320
SEPARATORS = (";", ",", "\t", "|")
ONE_COLUMN = "\x1f"
"""A separator that no list contains: the whole line is one cell."""
HEADERS = frozenset(
    {"address", "email", "e-mail", "mail", "email address", "e-mail address", "email_address"}
    | {"emailaddress", "email 1", "correo", "correo electrónico", "correo electronico"}
    | {"dirección", "direccion", "dirección de correo", "dirección de correo electrónico"}
)
"""What tools call the column of addresses."""
# Most addresses are written as they are matched, and a million of them come at once.
_PLAIN = re.compile(r"[a-z0-9._+-]{1,64}@[a-z0-9.-]{1,253}")


class Unreadable(Exception):
    """The list cannot be read; `why` is one of the reasons below."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


NO_ADDRESSES, OPEN_QUOTE, EMPTY, WORKBOOK = "no addresses", "open quote", "empty", "workbook"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a list is written."""

    encoding: str
    separator: str
    column: int
    header: bool
    every: bool = False
    """Pasted text: every cell may be an address, and columns mean nothing."""
    name: str = ""
    """What the column is called."""
    others: int = 0
    """How many more columns hold addresses."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, and whom it names; None where that cannot be read."""

    cells: list[str]
    address: str | None


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._rest = iter(pieces)
        self._piece = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._piece:
            found = next(self._rest, None)
            if found is None:
                return 0
            self._piece = found
        count = min(len(buffer), len(self._piece))
        buffer[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count


def encoding_of(pieces: Iterable[bytes]) -> str:
    """The encoding: what its first bytes say, UTF-8 if all of it is, else that of old Windows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for n, piece in enumerate(pieces):
        if n == 0 and (said := _said_by_first_bytes(piece)):
            return said
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _said_by_first_bytes(piece: bytes) -> str:
    if piece.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = piece[:1000]
    # Plain letters in UTF-16 are every second byte zero.
    if start[1::2].count(0) * 3 > len(start):
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) * 3 > len(start) else ""


def shape_of(pieces: Iterable[bytes], encoding: str, *, pasted: bool) -> Shape:
    """How the list is written, judged by its beginning; raises Unreadable."""
    sample = list(islice(_lines(pieces, encoding), SAMPLE_LINES))
    if not any(line.strip() for line in sample):
        raise Unreadable(EMPTY)
    separator = _separator(sample)
    if pasted:
        return Shape(encoding, separator, 0, header=False, every=True)
    rows = list(_cells(iter(sample), separator))
    hits = Counter(n for row in rows for n, cell in enumerate(row) if address_of(cell) is not None)
    if not hits:
        raise Unreadable(NO_ADDRESSES)
    first = rows[0]
    named = {n for n, cell in enumerate(first) if cell.strip().lower() in HEADERS}
    # Beside the customer's address there may be that of whoever looks after them.
    column = max(hits, key=lambda n: (n in named, hits[n], -n))
    header = len(first) <= column or address_of(first[column]) is None
    name = first[column].strip()[:100] if header and len(first) > column else ""
    return Shape(encoding, separator, column, header, name=name, others=len(hits) - 1)


def _separator(sample: Sequence[str]) -> str:
    """The sign that stands equally often in most lines."""
    lines = [line for line in sample if line.strip()][:50]
    best, found = 0, ONE_COLUMN
    for sign in SEPARATORS:
        counts = Counter(line.count(sign) for line in lines)
        usual, times = counts.most_common(1)[0]
        weight = times if usual else 0
        if usual and weight > best:
            best, found = weight, sign
    if found == ONE_COLUMN:
        return max((s for s in SEPARATORS if s in "".join(lines)), key="".join(lines).count,
                   default=ONE_COLUMN)  # fmt: skip
    return found


def _lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    file: io.BufferedReader = io.BufferedReader(cast(io.RawIOBase, _Pieces(pieces)))
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    while line := text.readline(LONGEST_LINE):
        yield line.replace("\0", "")


def _cells(lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error as wrong:
        # Something of 128 kB between two quotes: one that was opened is never closed.
        raise Unreadable(OPEN_QUOTE) from wrong


def rows(pieces: Iterable[bytes], shape: Shape) -> Iterator[Row]:
    """The lines of the list without its header; of pasted text each address is a line."""
    found = _cells(_lines(pieces, shape.encoding), shape.separator)
    if shape.header:
        next(found, None)
    for cells in found:
        if shape.every:
            yield from _named(cells)
        elif cells:
            cell = cells[shape.column] if shape.column < len(cells) else ""
            yield Row(cells, address_of(cell))


def header(pieces: Iterable[bytes], shape: Shape) -> list[str]:
    """The names of the columns, if there are any."""
    if not shape.header:
        return []
    return next(_cells(_lines(pieces, shape.encoding), shape.separator), [])


def _named(cells: Sequence[str]) -> Iterator[Row]:
    words = [word for cell in cells for word in re.split(r"[\s,;|]+", cell) if word]
    named = [word for word in words if "@" in word]
    for word in named:
        address = address_of(word)
        yield Row([address or word], address)
    if words and not named:
        yield Row([" ".join(words)[:LONGEST_ADDRESS]], None)


def address_of(cell: str) -> str | None:
    """The address in that cell as it is matched; None if there is none."""
    text = cell.strip()
    if _PLAIN.fullmatch(text):
        return text
    if text.endswith(">") and "<" in text:
        text = text[text.rindex("<") + 1 : -1]
    if "@" not in text or len(text) > LONGEST_ADDRESS:
        return None
    value = normalised(text.strip("\"'"))
    local, _at, domain = value.rpartition("@")
    good = bool(local and domain) and value.isprintable() and " " not in value
    return value if good and "@" not in local else None
