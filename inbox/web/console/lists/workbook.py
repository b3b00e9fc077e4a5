"""A list as an Excel workbook (.xlsx): read row by row, and written as CSV. Pure.

Dates are written as dates and whole numbers in all their digits; nothing is calculated.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

from inbox.web.console.lists.packed import Packed, Tell
from inbox.web.console.lists.reading import NO_ADDRESSES, Unreadable, address_of

SIGN, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and how one of before 2007 or with a password does."""
PIECE = 2**18
COLUMNS, LONGEST = 500, 32_767
"""Excel writes no longer cells."""
LOOKED_AT = 200
# Numbers of formats that are dates whatever the workbook says (ECMA-376, 18.8.30).
DATES = frozenset({*range(14, 23), *range(45, 48)})
_QUOTED = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]")


def as_csv(file: IO[bytes], tell: Tell = lambda _share: None) -> Iterator[bytes]:
    """The first sheet with addresses, as CSV in UTF-8; raises Unreadable."""
    with Packed.opened(file, tell) as book:
        yield from _written(_Workbook(book).rows())


def _written(rows: Iterator[list[str]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    text.write("\ufeff")
    for row in rows:
        writer.writerow(row)
        if text.tell() > PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


class _Workbook:
    """The sheets of a workbook, and what their cells refer to."""

    def __init__(self, book: Packed) -> None:
        self._book = book
        self._strings = list(self._shared())
        self._dates = self._date_formats()
        self._start = datetime(1899, 12, 30)  # noqa: DTZ001  a cell knows no zone

    def rows(self) -> Iterator[list[str]]:
        """Of the first sheet in whose beginning an address stands."""
        for sheet in self._sheets():
            beginning, rows = [], self._rows(sheet)
            for row in rows:
                beginning.append(row)
                if len(beginning) == LOOKED_AT:
                    break
            if any(address_of(cell) for row in beginning for cell in row):
                yield from beginning
                yield from rows
                return
        raise Unreadable(NO_ADDRESSES)

    def _sheets(self) -> Iterator[str]:
        """The files of the sheets that people see, in their order."""
        links = {
            about["Id"]: about["Target"].removeprefix("/").removeprefix("xl/")
            for begins, name, about, _text in self._book.events("xl/_rels/workbook.xml.rels")
            if begins and name == "Relationship"
        }
        for begins, name, about, _text in self._book.events("xl/workbook.xml"):
            if begins and name == "workbookPr" and about.get("date1904") in ("1", "true"):
                self._start = datetime(1904, 1, 1)  # noqa: DTZ001  a cell knows no zone
            if begins and name == "sheet" and about.get("state", "visible") == "visible":
                link = next(value for key, value in about.items() if key.rpartition(":")[2] == "id")
                yield f"xl/{links[link]}"

    def _shared(self) -> Iterator[str]:
        """The texts that cells name by their number; how they are pronounced is no part of them."""
        if "xl/sharedStrings.xml" not in self._book:
            return
        parts: list[str] = []
        spoken = False
        for begins, name, _about, text in self._book.events("xl/sharedStrings.xml"):
            if name == "rPh":
                spoken = begins
            elif name == "t" and not begins and not spoken:
                parts.append(text)
            elif name == "si" and not begins:
                yield "".join(parts)[:LONGEST]
                parts.clear()

    def _date_formats(self) -> list[bool]:
        """Of each style of cells, whether a number in it is a date."""
        if "xl/styles.xml" not in self._book:
            return []
        own: set[str] = set()
        found: list[bool] = []
        inside = False
        for begins, name, about, _text in self._book.events("xl/styles.xml"):
            if name == "cellXfs":
                inside = begins
            elif begins and name == "numFmt":
                bare = _QUOTED.sub("", about["formatCode"]).lower()
                own |= {about["numFmtId"]} if set(bare) & set("ymdh") else set()
            elif begins and name == "xf" and inside:
                number = about.get("numFmtId", "0")
                found.append(number in own or int(number) in DATES)
        return found

    def _rows(self, sheet: str) -> Iterator[list[str]]:
        row: dict[int, str] = {}
        place, about, text = -1, dict[str, str](), ""
        for begins, name, attributes, said in self._book.events(sheet):
            if begins and name == "row":
                row, place = {}, -1
            elif begins and name == "c":
                about, text = attributes, ""
                place = _column(about["r"]) if "r" in about else place + 1
            elif not begins and name in ("v", "t"):
                text += said
            elif not begins and name == "c" and text and place < COLUMNS:
                row[place] = self._said(about, text)[:LONGEST]
            elif not begins and name == "row":
                yield [row.get(n, "") for n in range(max(row, default=-1) + 1)]

    def _said(self, about: dict[str, str], text: str) -> str:
        """The cell as people see it, as far as a list needs it."""
        kind = about.get("t", "n")
        if kind == "s":
            return self._strings[int(text)]
        if kind != "n":
            return text
        style = int(about.get("s", 0))
        dated = style < len(self._dates) and self._dates[style]
        return self._date(float(text)) if dated else _number(text)

    def _date(self, days: float) -> str:
        try:
            at = self._start + timedelta(seconds=round(days * 86_400))
        except OverflowError:
            return _number(str(days))
        return f"{at:%Y-%m-%d}" if at.time() == datetime.min.time() else f"{at:%Y-%m-%d %H:%M}"


def _number(text: str) -> str:
    """A whole number in all its digits, such as a telephone's."""
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else text


def _column(reference: str) -> int:
    """The place of a cell called B7 in its row."""
    place = 0
    for letter in reference[:3]:
        if letter.isdigit():
            break
        place = place * 26 + ord(letter.upper()) - ord("A") + 1
    return place - 1
