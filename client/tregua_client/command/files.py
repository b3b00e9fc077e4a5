"""Files of addresses, read and written so that nobody ever sees half of one."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

HEADERS = frozenset({"address", "email", "e-mail"})


def read(path: str) -> list[str]:
    """The first column of a CSV file, without its header."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in csv.reader(file) if row and row[0].strip()]
    return found[1:] if found and found[0].strip().lower() in HEADERS else found


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
