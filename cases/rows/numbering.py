"""Many new rows get their numbers beforehand and all columns alike, so few statements write them.

Rows that differ in their columns, or whose numbers only the database knows, go one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, ColumnDefault, text
from sqlalchemy.orm import MANYTOONE, DeclarativeBase, Session, UOWTransaction
from sqlalchemy.orm.mapper import Mapper

MANY = 10


def fill(row: DeclarativeBase, _positional: tuple[()], values: dict[str, Any]) -> None:
    """Called when a row is made: what nobody said gets its default at once.

    A new row has no history to keep, so its columns are laid down untracked.
    """
    plain, made, columns = _defaults(row.__mapper__)
    row.__dict__.update(plain)
    for name in values.keys() & columns:
        row.__dict__[name] = values.pop(name)
    for name, make in made:
        if name not in row.__dict__:
            row.__dict__[name] = make(None)


def whole(mapper: Mapper[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, with the defaults of what it leaves out."""
    plain, made, _columns = _defaults(mapper)
    said = {**plain, **row}
    for name, make in made:
        if name not in said:
            said[name] = make(None)
    return said


@cache
def _defaults(
    mapper: Mapper[Any],
) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[None], Any]], ...], frozenset[str]]:
    """Constants, what makes a new empty list or dictionary for each row, and all columns."""
    said = [one for one in _all(mapper) if isinstance(one[1].default, ColumnDefault)]
    plain = {key: column.default.arg for key, column in said if column.default.is_scalar}
    plain |= {key: None for key, column in _all(mapper) if _may_be_empty(column)}
    made = [(key, column.default.arg) for key, column in said if isinstance(column.type, JSON)]
    columns = frozenset(one.key for one in mapper.column_attrs)
    return plain, tuple(one for one in made if one[0] not in plain), columns


def _all(mapper: Mapper[Any]) -> Iterator[tuple[str, Any]]:
    return ((mapper.get_property_by_column(one).key, one) for one in mapper.local_table.columns)


def _may_be_empty(column: Column[Any]) -> bool:
    """Whether nothing said means nothing there; of JSON "nothing" would be a value of its own."""
    if column.primary_key or isinstance(column.type, JSON):
        return False
    return bool(column.nullable) and column.default is None and column.server_default is None


def number(session: Session, _flush: UOWTransaction, _rows: Sequence[object] | None) -> None:
    """Called before a flush: takes the numbers of all new rows in one query."""
    given = session.info.get("numbered", {})
    _number(
        session,
        [
            (table, rows)
            for table, rows in _unnumbered(session).items()
            # Where some have numbers before they are written, the database would give them again.
            if len(rows) >= MANY or table in given
        ],
    )
    session.info.pop("numbered", None)


def settle(session: Session) -> None:
    """Give all new rows their numbers, and those of what they refer to, before they are written.

    What becomes of them until the flush is then written with them, and not after them.
    """
    _number(session, list(_unnumbered(session).items()))
    for row in session.new:
        refer(row)


def take(session: Session, rows: Mapping[str, Sequence[Any]]) -> None:
    """Give those rows of tables their numbers."""
    _number(session, [*rows.items()])


def refer(row: DeclarativeBase) -> None:
    """Take the numbers of what a new row belongs to."""
    for name, column, key in _references(row.__mapper__):
        other = row.__dict__.get(name)
        if other is not None:
            row.__dict__[column] = getattr(other, key)


def _unnumbered(session: Session) -> dict[str, list[Any]]:
    waiting: dict[str, list[Any]] = defaultdict(list)
    for row in session.new:
        if isinstance(row, DeclarativeBase) and getattr(row, "id", 0) is None:
            waiting[row.__tablename__].append(row)
    return waiting


def _number(session: Session, many: Sequence[tuple[str, Sequence[Any]]]) -> None:
    if not many:
        return
    given: dict[str, int] = session.info.setdefault("numbered", {})
    numbers = _from_sequences if session.get_bind().dialect.name == "postgresql" else _above_given
    unnumbered = [iter(rows) for _table, rows in many]
    for place, taken in numbers(session, [(table, len(rows)) for table, rows in many], given):
        next(unnumbered[place]).id = taken
        given[many[place][0]] = taken


@cache
def _references(mapper: Mapper[Any]) -> tuple[tuple[str, str, str], ...]:
    """Name of what a row belongs to, the column that says so, and what that one is called by."""
    belongs = (
        one for one in mapper.relationships if one.direction is MANYTOONE and not one.viewonly
    )
    pairs = ((one, *pair) for one in belongs for pair in one.local_remote_pairs or ())
    return tuple(
        (
            one.key,
            mapper.get_property_by_column(here).key,
            one.mapper.get_property_by_column(there).key,
        )
        for one, here, there in pairs
    )


# Nothing in these texts comes from outside: names of our tables, and how many rows there are.
def _from_sequences(
    session: Session, many: Sequence[tuple[str, int]], _given: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    wanted = " UNION ALL ".join(
        f"SELECT {n} AS place, nextval('{table}_id_seq') FROM generate_series(1, %s)"  # noqa: S608
        for n, (table, _rows) in enumerate(many)
    )
    counts = tuple(rows for _table, rows in many)
    found = session.connection().exec_driver_sql(wanted, counts)
    yield from ((place, taken) for place, taken in found)


def _above_given(
    session: Session, many: Sequence[tuple[str, int]], given: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """SQLite has one writer at a time, and it numbers in the same way."""
    wanted = " UNION ALL ".join(
        f"SELECT {n} AS place, coalesce(max(id), 0) FROM {table}"  # noqa: S608
        for n, (table, _rows) in enumerate(many)
    )
    for place, written in session.execute(text(wanted)).all():
        last = max(written, given.get(many[place][0], 0))
        yield from ((place, last + more) for more in range(1, many[place][1] + 1))
