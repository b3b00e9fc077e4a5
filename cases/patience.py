"""What takes the database longer than anybody waits is given up, and the transaction goes on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

_STEPS = 10_000
"""Instructions of SQLite between two glances at the clock."""
_CANCELLED = "57014"


class TookTooLong(Exception):
    """What was asked of the database took longer than anybody waits."""


@contextmanager
def brief(session: Session, most: timedelta) -> Iterator[None]:
    """Statements that take longer are given up. Raises TookTooLong."""
    connection = session.connection()
    kept = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    with kept(connection, most):
        yield


@contextmanager
def _postgresql(connection: Connection, most: timedelta) -> Iterator[None]:
    # Two statements in one go: each would cost a way there and back.
    limit = most // timedelta(milliseconds=1)
    connection.exec_driver_sql(f"SAVEPOINT brief; SET LOCAL statement_timeout = {limit}")
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != _CANCELLED:
            raise
        connection.exec_driver_sql("ROLLBACK TO brief; RELEASE brief")
        raise TookTooLong from error
    connection.exec_driver_sql("RELEASE brief; SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def _sqlite(connection: Connection, most: timedelta) -> Iterator[None]:
    end = time.monotonic() + most.total_seconds()
    door: Any = connection.connection.driver_connection
    door.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if "interrupted" not in str(error.orig):
            raise
        raise TookTooLong from error
    finally:
        door.set_progress_handler(None, 0)
