"""Files of addresses, read and written so that nobody ever sees half of one."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

HEADERS = frozenset(
    {"address", "email", "e-mail", "email address", "e-mail address", "email_address", "mail"}
    | {"emailaddress"}
    | {"correo", "correo electrónico", "dirección", "direccion"}
)
FORMATS = {
    "plain": "address",
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
SIGNS = (",", ";", "\t")


def read(path: str) -> list[str]:
    """The addresses of a CSV file: the column that is called so, or else the first."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        sign = max(SIGNS, key=first.count)
        rows = [row for row in csv.reader(file, delimiter=sign) if any(map(str.strip, row))]
    if not rows:
        return []
    names = [cell.strip().lower() for cell in rows[0]]
    column = next((n for n, name in enumerate(names) if name in HEADERS), 0)
    # Where the first line names no address it names the columns.
    rest = rows if "@" in names[column] else rows[1:]
    return [row[column].strip() for row in rest if len(row) > column and row[column].strip()]


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
