"""Many new rows get their numbers beforehand and all columns alike, so few statements write them.

Rows that differ in their columns, or whose numbers only the database knows, go one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, ColumnDefault, text
from sqlalchemy.orm import DeclarativeBase, Session, UOWTransaction
from sqlalchemy.orm.mapper import Mapper

MANY = 10


def fill(row: DeclarativeBase, _positional: tuple[()], values: dict[str, Any]) -> None:
    """Called when a row is made: what nobody said gets its default at once."""
    plain, made = _defaults(row.__mapper__)
    for name, default in plain.items():
        values.setdefault(name, default)
    for name, make in made:
        if name not in values:
            values[name] = make(None)


@cache
def _defaults(
    mapper: Mapper[Any],
) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[None], Any]], ...]]:
    """Constants, and what makes a new empty list or dictionary for each row."""
    said = [
        (mapper.get_property_by_column(column).key, column)
        for column in mapper.local_table.columns
        if isinstance(column.default, ColumnDefault)
    ]
    plain = {key: column.default.arg for key, column in said if column.default.is_scalar}
    made = [(key, column.default.arg) for key, column in said if isinstance(column.type, JSON)]
    return plain, tuple(one for one in made if one[0] not in plain)


def number(session: Session, _flush: UOWTransaction, _rows: Sequence[object] | None) -> None:
    """Called before a flush on PostgreSQL: takes the numbers of all new rows in one query."""
    waiting: dict[str, list[Any]] = defaultdict(list)
    for row in session.new:
        if isinstance(row, DeclarativeBase) and getattr(row, "id", 0) is None:
            waiting[row.__tablename__].append(row)
    many = [(table, rows) for table, rows in waiting.items() if len(rows) >= MANY]
    if not many:
        return
    # Nothing in the text comes from outside: names of our tables, and how many rows there are.
    wanted = " UNION ALL ".join(
        f"SELECT {n} AS place, nextval('{table}_id_seq') FROM generate_series(1, {len(rows)})"  # noqa: S608
        for n, (table, rows) in enumerate(many)
    )
    unnumbered = [iter(rows) for _table, rows in many]
    for place, taken in session.execute(text(wanted)):
        next(unnumbered[place]).id = taken
