"""Files of addresses, read and written so that nobody ever sees half of one."""

import codecs
import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tregua_client.refusals import Refusal

HEADERS = frozenset(
    {"address", "email", "e-mail", "email address", "e-mail address", "email_address", "mail"}
    | {"emailaddress", "correo", "correo electrónico", "dirección", "direccion", "email 1"}
    | {"dirección de correo electrónico", "dirección de correo", "correo electronico"}
)
FORMATS = {
    "plain": "address",
    "activecampaign": "Email",
    "braze": "email",
    "brevo": "EMAIL",
    "customerio": "email",
    "hubspot": "Email",
    "iterable": "email",
    "klaviyo": "Email",
    "listmonk": "email",
    "mailchimp": "Email Address",
    "mautic": "email",
    "odoo": "Email",
    "sendgrid": "email",
    "sfmc": "Email Address",
}
"""How each tool wants the column of addresses called in a file it imports."""
SIGNS = (",", ";", "\t", "|")
LOOKED_AT = 200


def read(path: str) -> list[str]:
    """The addresses of a CSV file: of the column called so, or else the one that has most."""
    found = rows(path)
    if not found:
        return []
    column = _column(found)
    # Where the first line names no address it names the columns.
    rest = found if len(found[0]) > column and "@" in found[0][column] else found[1:]
    return [row[column].strip() for row in rest if len(row) > column and row[column].strip()]


def rows(path: str) -> list[list[str]]:
    """The lines of a CSV file that say anything, whatever separates their cells."""
    text = _text(Path(path).read_bytes())
    sign = max(SIGNS, key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    return [row for row in lines if any(map(str.strip, row))]


def _text(content: bytes) -> str:
    """As tools and spreadsheets write it: UTF-8, UTF-16 with a mark, or the Windows of the West."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refusal("that is a workbook of a spreadsheet: save the list as CSV")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _column(rows: Sequence[Sequence[str]]) -> int:
    names = [cell.strip().lower() for cell in rows[0]]
    named = next((n for n, name in enumerate(names) if name in HEADERS), None)
    if named is not None:
        return named
    cells = [n for row in rows[:LOOKED_AT] for n, cell in enumerate(row) if "@" in cell]
    return max(sorted(set(cells)), key=cells.count, default=0)


def write(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV file (RFC 4180) that is there whole or not at all."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
