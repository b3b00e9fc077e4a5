"""Many new rows go into PostgreSQL by COPY, in place of one insert after the other."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.engine.interfaces import ExecutionContext

MANY = 10
# Only what is written exactly so: no conflicts to settle, nothing to give back, no expressions.
_PLAIN = re.compile(r"INSERT INTO (\w+) \(([\w\", ]+)\) VALUES \(([^()]*(?:\(\w+\)s[^()]*)*)\)")
_IN_ORDER = re.compile(r'INSERT INTO (\w+ \([\w", ]+\)) VALUES \(%s(?:, %s)*\)')
_VALUE = re.compile(r"%\((\w+)\)s(?:::[A-Z ]+)?")


def copy(cursor: Any, statement: str, rows: Sequence[Any], _context: ExecutionContext) -> bool:
    """Called in place of an insert of rows; says whether it was done."""
    if isinstance(rows[0], tuple):
        return _copy_in_order(cursor, statement, rows)
    found = _read(statement) if len(rows) >= MANY else None
    if found is None:
        return False
    begin, names = found
    with cursor.copy(begin) as door:
        for row in rows:
            door.write_row([row[name] for name in names])
    return True


def _copy_in_order(cursor: Any, statement: str, rows: Sequence[Any]) -> bool:
    found = _IN_ORDER.fullmatch(statement)
    if found is None:
        return False
    with cursor.copy(f"COPY {found[1]} FROM STDIN") as door:
        for row in rows:
            door.write_row(row)
    return True


@lru_cache(maxsize=500)
def _read(statement: str) -> tuple[str, tuple[str, ...]] | None:
    """The COPY that does the same, and what its columns are called among the values."""
    plain = _PLAIN.fullmatch(statement)
    if plain is None:
        return None
    table, columns, values = plain.groups()
    named = [_VALUE.fullmatch(value) for value in values.split(", ")]
    names = tuple(one[1] for one in named if one is not None)
    if len(names) != len(named) or len(names) != columns.count(",") + 1:
        return None
    return f"COPY {table} ({columns}) FROM STDIN", names
