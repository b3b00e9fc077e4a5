"""Many new rows get their numbers beforehand and all columns alike, so few statements write them.

Rows that differ in their columns, or whose numbers only the database knows, go one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, ColumnDefault, text
from sqlalchemy.orm import DeclarativeBase, Session, UOWTransaction
from sqlalchemy.orm.mapper import Mapper

MANY = 10


def fill(row: DeclarativeBase, _positional: tuple[()], values: dict[str, Any]) -> None:
    """Called when a row is made: what nobody said gets its default at once.

    A new row has no history to keep, so the defaults are laid down untracked.
    """
    plain, made = _defaults(row.__mapper__)
    row.__dict__.update(plain)
    for name, make in made:
        if name not in values:
            row.__dict__[name] = make(None)


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
    """Called before a flush: takes the numbers of all new rows in one query."""
    waiting: dict[str, list[Any]] = defaultdict(list)
    for row in session.new:
        if isinstance(row, DeclarativeBase) and getattr(row, "id", 0) is None:
            waiting[row.__tablename__].append(row)
    many = [(table, rows) for table, rows in waiting.items() if len(rows) >= MANY]
    if not many:
        return
    take = _from_sequences if session.get_bind().dialect.name == "postgresql" else _above_the_last
    unnumbered = [iter(rows) for _table, rows in many]
    for place, taken in take(session, [(table, len(rows)) for table, rows in many]):
        next(unnumbered[place]).id = taken


# Nothing in these texts comes from outside: names of our tables, and how many rows there are.
def _from_sequences(session: Session, many: Sequence[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    wanted = " UNION ALL ".join(
        f"SELECT {n} AS place, nextval('{table}_id_seq') FROM generate_series(1, {rows})"  # noqa: S608
        for n, (table, rows) in enumerate(many)
    )
    yield from ((place, taken) for place, taken in session.execute(text(wanted)))


def _above_the_last(session: Session, many: Sequence[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """SQLite has one writer at a time, and it numbers in the same way."""
    wanted = " UNION ALL ".join(
        f"SELECT {n} AS place, coalesce(max(id), 0) FROM {table}"  # noqa: S608
        for n, (table, _rows) in enumerate(many)
    )
    for place, last in session.execute(text(wanted)).all():
        yield from ((place, last + more) for more in range(1, many[place][1] + 1))
