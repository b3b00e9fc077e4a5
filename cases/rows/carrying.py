"""All rows of an SQLite database go into PostgreSQL, which has the same tables and no rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    MetaData,
    Table,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy.types import NULLTYPE, TypeDecorator

AT_ONCE = 2_000
Told = Callable[[str, int], None]
"""Called after each table, with its name and how many rows it has."""

_REFERENCES = text(
    "SELECT conrelid::regclass::text, conname FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)
_NEXT = text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)")


class RowsMissing(Exception):
    """A table has other rows there than here."""


def carry(source: Connection, target: Connection, metadata: MetaData, told: Told) -> None:
    """Put all rows of SQLite into PostgreSQL, in the transaction of the target.

    What the target had is gone; raises RowsMissing where a table then has other rows.
    """
    tables = list(metadata.tables.values())
    # Names of our own tables; nothing in these texts comes from outside.
    target.exec_driver_sql(f"TRUNCATE {', '.join(one.name for one in tables)}")
    with _in_any_order(target):
        for table in tables:
            _copy(source, target, table)
            rows = [_count(one, table) for one in (source, target)]
            if rows[0] != rows[1]:
                raise RowsMissing(table.name)
            _number(target, table)
            told(table.name, rows[0])


@contextmanager
def _in_any_order(target: Connection) -> Iterator[None]:
    """Rows may come before those that they belong to; at the end all must be there."""
    references = target.execute(_REFERENCES).all()
    for table, name in references:
        target.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE")
    target.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    yield
    target.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in references:
        target.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")


def _copy(source: Connection, target: Connection, table: Table) -> None:
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    rows = source.execution_options(yield_per=AT_ONCE).execute(select(*map(_as_it_lies, columns)))
    driver = target.connection.cursor()
    with driver.copy(f"COPY {table.name} ({names}) FROM STDIN") as door:
        for row in rows:
            door.write_row(_speakable(row))


def _as_it_lies(column: Column[Any]) -> Any:
    """PostgreSQL reads all that SQLite keeps, but that an instant is one of UTC."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return column if isinstance(kind, DateTime) else type_coerce(column, NULLTYPE)


def _speakable(row: Sequence[Any]) -> list[Any]:
    """Earlier versions let zero bytes into SQLite, and PostgreSQL has none in texts."""
    return [one.replace("\0", "") if isinstance(one, str) else one for one in row]


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _number(target: Connection, table: Table) -> None:
    """The next row gets a number of its own."""
    column = table.autoincrement_column
    last = None if column is None else target.scalar(select(func.max(column)))
    if column is not None and last is not None:
        target.execute(_NEXT, {"name": table.name, "column": column.name, "last": last})
