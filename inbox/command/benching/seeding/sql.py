"""Expressions in the SQL of both databases, for rows that are made where they lie."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cases.db import Base

# Different odd factors: what one decides tells nothing of what another decides.
_FACTORS = (
    *(2654435761, 2246822519, 3266489917, 668265263, 374761393, 3432918353, 461845907),
    *(1540483477, 2860486313, 3628273133, 1597334677, 3812015801, 2447445413, 1181783497),
    *(2917014431, 3367900313, 1111111111, 2971215073, 1836311903, 1134903171),
)


class Of(StrEnum):
    """What is left to chance."""

    LENGTH = "length"
    CONTACT = "contact"
    AGAIN = "again"
    OPEN = "open"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    LANGUAGE = "language"
    MAILBOX = "mailbox"
    ASSIGNEE = "assignee"
    OWNER = "owner"
    SUBJECT = "subject"
    TYPE = "type"
    MOOD = "mood"
    DUE = "due"
    KIND = "kind"
    WAY = "way"
    TEXT = "text"
    FILE = "file"
    NAME = "name"
    NAMED = "named"


_FACTOR = dict(zip(Of, _FACTORS, strict=True))


def chance(number: str, what: Of, most: int) -> str:
    """A number from 0 up to before `most`: always the same one for the same row."""
    return f"(((({number}) * {_FACTOR[what]}) % 4294967296) / 4096 % {most})"


@dataclass(frozen=True, slots=True)
class Sql:
    """What differs between the databases."""

    postgresql: bool
    end: datetime
    """What all instants are counted back from."""

    def ago(self, seconds: str) -> str:
        """The instant so many seconds before the end."""
        if self.postgresql:
            return f"(TIMESTAMPTZ '{self.end.isoformat()}' - ({seconds}) * INTERVAL '1 second')"
        base = self.end.strftime("%Y-%m-%d %H:%M:%S")
        return f"strftime('%Y-%m-%d %H:%M:%f000', '{base}', (-({seconds})) || ' seconds')"

    def one_of(self, values: Sequence[object], index: str) -> str:
        """The value with that number, counted from 0."""
        if self.postgresql:
            said = ", ".join(literal(value) for value in values)
            return f"(ARRAY[{said}])[1 + CAST({index} AS integer)]"
        return f"json_extract({literal(json.dumps(values))}, '$[' || ({index}) || ']')"

    def any_of(self, values: Sequence[object], number: str, what: Of) -> str:
        """One of the values, by chance."""
        return self.one_of(values, chance(number, what, len(values)))

    def numbers(self, first: int, last: int, name: str) -> str:
        """The whole numbers between those two, in a column `id`."""
        if self.postgresql:
            return f"generate_series({first}::bigint, {last}::bigint) AS {name}(id)"
        more = f"SELECT id + 1 FROM counted WHERE id < {last}"  # noqa: S608  numbers of ours
        counted = f"WITH RECURSIVE counted(id) AS (SELECT {first} UNION ALL {more})"
        return f"({counted} SELECT id FROM counted) AS {name}"  # noqa: S608

    def least(self, one: str, other: str) -> str:
        return f"{'least' if self.postgresql else 'min'}({one}, {other})"

    def as_json(self, text: str) -> str:
        return f"CAST({text} AS JSON)" if self.postgresql else f"({text})"

    def hashed(self, number: str) -> str:
        """Sixty-four letters that differ from row to row and in every place."""
        if self.postgresql:
            return f"(md5(({number})::text) || md5((-({number}))::text))"
        return f"printf('%064x', ({number}) * {_FACTORS[0]})"


def literal(value: object) -> str:
    """A value of ours as SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    said = value if isinstance(value, str) else json.dumps(value)
    return "'" + said.replace("'", "''") + "'"


def either(condition: str, then: str, otherwise: str) -> str:
    return f"CASE WHEN {condition} THEN {then} ELSE {otherwise} END"


# Nothing in these statements comes from outside.
def insert(table: type[Base], columns: Mapping[str, str], source: str) -> str:
    """Rows of that table; columns that are not named get what the program would give them."""
    known = {column.name: column for column in table.__table__.columns}
    all_of_them = {**_defaults(known, columns), **columns}
    names = ", ".join(f'"{name}"' for name in all_of_them)
    said = ", ".join(all_of_them.values())
    return f"INSERT INTO {table.__tablename__} ({names}) SELECT {said} FROM {source}"  # noqa: S608


def _defaults(known: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, column in known.items():
        default = column.default
        if name in named or column.primary_key or default is None:
            continue
        found[name] = literal(default.arg(None) if default.is_callable else default.arg)
    return found
