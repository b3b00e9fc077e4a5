"""A shop of any size, made where it lies: a million messages in a minute or two.

    seed(100_000, 10, mailboxes=(1, 2), agents=(1, 2, 3), end=clock.now())

Cases, contacts and messages are numbered from 1 on, the newest last. Rows are made by the database
from lists of texts, names and lengths; the same numbers make the same shop.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from cases.db import engine, statements
from cases.words.folding import spaced
from cases.words.tables import NAME, WANTED
from inbox.command.benching.seeding import bulk, prose, rows, said
from inbox.command.benching.seeding.plan import Shop
from inbox.command.benching.seeding.rows import TABLES
from inbox.command.benching.seeding.sql import Sql

_SCRATCH = ("bench_case", "bench_text", "bench_name", "bench_length", "bench_number")
_NAMES = [table.__tablename__ for table in TABLES]


def seed(
    cases: int, messages: int, *, mailboxes: Sequence[int], agents: Sequence[int], end: datetime
) -> None:
    """So many cases with so many messages on average; tables of cases must be empty."""
    with statements() as connection:
        postgresql = connection.dialect.name == "postgresql"
        shop = Shop(Sql(postgresql, end), cases, mailboxes, agents)
        with bulk.loading(connection, _NAMES):
            _lay_out(connection, messages)
            connection.execute(text(shop.plan()))
            _look_at(connection)
            for statement in rows.rows(shop):
                connection.execute(text(statement))
            if postgresql:
                connection.execute(text(said.words(shop.sql)))
        bulk.count_on(connection, _NAMES)
        _tidy(connection)
    settle()


def empty() -> None:
    """Nothing of a shop that was seeded before."""
    with statements() as connection:
        gone = [*reversed(_NAMES), NAME, WANTED]
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {', '.join(gone)} RESTART IDENTITY CASCADE")
            return
        for table in gone[:-2]:
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608


def settle() -> None:
    """Fresh statistics, as a database that has been running for a while has them."""
    # Not inside a transaction: VACUUM tells which pages need no second look.
    autocommit = engine().execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        connection.exec_driver_sql("VACUUM ANALYZE" if postgresql else "ANALYZE")


def _lay_out(connection: Connection, messages: int) -> None:
    """The lists that rows are drawn from."""
    vector = ", words tsvector" if connection.dialect.name == "postgresql" else ""
    for made in (
        f"CREATE TABLE bench_text (id integer PRIMARY KEY, text text, folded text{vector})",
        "CREATE TABLE bench_name (id integer PRIMARY KEY, name text, plain text)",
        "CREATE TABLE bench_length (id integer PRIMARY KEY, many integer)",
        "CREATE TABLE bench_number (id integer PRIMARY KEY)",
    ):
        connection.exec_driver_sql(made)
    for name, lines in _lists(messages).items():
        columns = list(lines[0])
        values = ", ".join(f":{column}" for column in columns)
        filled = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608
        connection.execute(text(filled), lines)
    if vector:
        connection.exec_driver_sql("UPDATE bench_text SET words = to_tsvector('simple', folded)")


def _lists(messages: int) -> dict[str, list[dict[str, Any]]]:
    texts = enumerate(prose.texts())
    lengths = prose.lengths(messages)
    return {
        "bench_text": [{"id": n, "text": one, "folded": spaced(one)} for n, one in texts],
        "bench_name": [
            {"id": n, "name": name, "plain": spaced(name).replace(" ", ".")}
            for n, name in enumerate(prose.names())
        ],
        "bench_length": [{"id": n, "many": many} for n, many in enumerate(lengths)],
        "bench_number": [{"id": n} for n in range(max(lengths))],
    }


def _look_at(connection: Connection) -> None:
    """Statistics of the lists, and a number for each case that is asked for by it."""
    connection.exec_driver_sql("CREATE UNIQUE INDEX bench_case_id ON bench_case (id)")
    for name in _SCRATCH:
        connection.exec_driver_sql(f"ANALYZE {name}")


def _tidy(connection: Connection) -> None:
    for name in _SCRATCH:
        connection.exec_driver_sql(f"DROP TABLE {name}")
