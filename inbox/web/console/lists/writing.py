"""The lists that marketing takes away: its own columns, without those who are held."""

import csv
from collections.abc import Callable, Iterator

from cases.exclusions.audience import Held
from inbox.web.cells import safe_but_numbers
from inbox.web.console.lists import keeping
from inbox.web.console.lists import reading as lists
from inbox.web.console.lists.reading import ONE_COLUMN, Row, Shape

ROWS_AT_ONCE = 2000


class _Line:
    """Gives back what the csv module writes."""

    def write(self, text: str) -> str:
        return text


def allowed(list_id: int, shape: Shape, held: Held) -> Iterator[bytes]:
    """Who may be written to, each once, with all columns of the list."""
    seen: set[int] = set()

    def is_free(row: Row) -> bool:
        if row.address is None or row.address in held or hash(row.address) in seen:
            return False
        seen.add(hash(row.address))
        return True

    return _rows_of(list_id, shape, is_free)


def only(list_id: int, shape: Shape, wanted: frozenset[str]) -> Iterator[bytes]:
    """Those people of the list, with all its columns."""
    return _rows_of(list_id, shape, lambda row: row.address in wanted)


def _rows_of(list_id: int, shape: Shape, fits: Callable[[Row], bool]) -> Iterator[bytes]:
    separator = "," if shape.every or shape.separator == ONE_COLUMN else shape.separator
    writer = csv.writer(_Line(), delimiter=separator, lineterminator="\r\n")
    names = ["address"] if shape.every else lists.header(keeping.pieces(list_id), shape)
    text = [_said(writer, names)] if names else []
    # The first bytes of a file say its encoding once, not with each part.
    first, rest = shape.encoding, _without_mark(shape.encoding)
    for row in lists.rows(keeping.pieces(list_id), shape):
        if fits(row):
            text.append(_said(writer, row.cells))
        if len(text) >= ROWS_AT_ONCE:
            yield "".join(text).encode(first, errors="replace")
            text, first = [], rest
    yield "".join(text).encode(first, errors="replace")


def _said(writer: object, cells: list[str]) -> str:
    return str(writer.writerow([safe_but_numbers(cell) for cell in cells]))  # type: ignore[attr-defined]


def _without_mark(encoding: str) -> str:
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


def excluded(held: Held, *, reasons: bool, words: dict[str, list[str]]) -> Iterator[bytes]:
    """Who may not be written to: what is to be done, until when, and for what group of reasons."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield _said(writer, words["head"][: 5 if reasons else 4]).encode("utf-8-sig")
    for value, (action, until, group, reason) in sorted(held.items()):
        cells = [value, action, until or "", group or "", reason or ""]
        yield _said(writer, cells[: 5 if reasons else 4]).encode()
