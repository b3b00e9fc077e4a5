"""Large loads: what is kept up row by row goes away before, and is made in one go afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from cases.db import Base
from cases.words import tables
from cases.words.tables import NAME

_INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid = to_regclass(:table) AND c.oid IS NULL
"""
_INDEXES_OF_SQLITE = """
SELECT name, sql AS made FROM sqlite_master
WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL
"""
_MEMORY = (
    *("SET LOCAL maintenance_work_mem = '1GB'", "SET LOCAL work_mem = '256MB'"),
    *("SET LOCAL synchronous_commit = off", "SET LOCAL statement_timeout = 0"),
)


@contextmanager
def loading(connection: Connection, names: list[str]) -> Iterator[None]:
    """Those tables without indexes, triggers and checks of what they refer to; then with them."""
    postgresql = connection.dialect.name == "postgresql"
    for statement in _MEMORY if postgresql else ():
        connection.exec_driver_sql(statement)
    indexes = _dropped(connection, [*names, NAME])
    _quiet(connection, names, postgresql=postgresql)
    yield
    for made in indexes:
        connection.exec_driver_sql(made)
    tables.follow(Base.metadata, connection)
    if postgresql:
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
    else:
        connection.exec_driver_sql(f"INSERT INTO {NAME}({NAME}) VALUES ('rebuild')")  # noqa: S608


def _dropped(connection: Connection, names: list[str]) -> list[str]:
    """How to make the indexes again that were dropped."""
    found = []
    for table in names:
        known = _INDEXES if connection.dialect.name == "postgresql" else _INDEXES_OF_SQLITE
        for name, made in connection.execute(text(known), {"table": table}).all():
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
            found.append(made)
    return found


def _quiet(connection: Connection, names: list[str], *, postgresql: bool) -> None:
    """No trigger notes the words, which are made in one go."""
    if not postgresql:
        for event in ("new", "gone", "changed"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {NAME}_{event}")
    elif connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    else:
        for table in names:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def count_on(connection: Connection, names: list[str]) -> None:
    """Rows came with their numbers, of which PostgreSQL's counters know nothing."""
    if connection.dialect.name != "postgresql":
        return
    for table in names:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        last = f"(SELECT coalesce(max(id), 1) FROM {table})"  # noqa: S608
        connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', {last})")
