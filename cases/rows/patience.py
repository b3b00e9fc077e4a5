"""What takes the database longer than anybody waits is given up, and the transaction goes on."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

_STEPS = 10_000
"""Instructions of SQLite between two glances at the clock."""
_CANCELLED = "57014"


class TookTooLong(Exception):
    """What was asked of the database took longer than anybody waits."""


class Patience(ABC):
    """How long a transaction waits for what is asked in it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @abstractmethod
    def attempt(
        self, most: timedelta, *, by_the_index: bool = False
    ) -> AbstractContextManager[None]:
        """Statements inside that take longer are given up. Raises TookTooLong.

        PostgreSQL may be told to use an index although it believes to do without.
        """

    @abstractmethod
    def end(self) -> None:
        """From here on everything may take its time again."""


@contextmanager
def patient(session: Session) -> Iterator[Patience]:
    """Several attempts, which cost little more than one."""
    connection = session.connection()
    kept = _Postgresql if connection.dialect.name == "postgresql" else _Sqlite
    patience = kept(connection)
    try:
        yield patience
    except DBAPIError:
        # The transaction is lost, and what was set in it with it.
        raise
    except Exception:
        patience.end()
        raise
    patience.end()


@contextmanager
def brief(session: Session, most: timedelta) -> Iterator[None]:
    """One attempt. Raises TookTooLong."""
    with patient(session) as patience, patience.attempt(most):
        yield


class _Postgresql(Patience):
    """One savepoint for all attempts; several settings in one go, as each is a way there and back.

    What was set behind the savepoint is gone when an attempt is given up.
    """

    _began = _now = ""

    @contextmanager
    def attempt(self, most: timedelta, *, by_the_index: bool = False) -> Iterator[None]:
        # None at all would mean no limit.
        self._wait(max(most // timedelta(milliseconds=1), 1), by_the_index=by_the_index)
        try:
            yield
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != _CANCELLED:
                raise
            self._connection.exec_driver_sql("ROLLBACK TO brief")
            self._now = self._began
            raise TookTooLong from error

    def _wait(self, milliseconds: int, *, by_the_index: bool) -> None:
        wanted = _set(f"{milliseconds}", "off" if by_the_index else "DEFAULT")
        if not self._began:
            self._connection.exec_driver_sql(f"{wanted}; SAVEPOINT brief")
            self._began = wanted
        elif wanted != self._now:
            self._connection.exec_driver_sql(wanted)
        self._now = wanted

    def end(self) -> None:
        if self._began:
            self._connection.exec_driver_sql(f"RELEASE brief; {_set('DEFAULT', 'DEFAULT')}")


def _set(timeout: str, scans: str) -> str:
    return f"SET LOCAL statement_timeout TO {timeout}; SET LOCAL enable_seqscan TO {scans}"


class _Sqlite(Patience):
    """It looks at the clock now and then, which costs no statement."""

    @contextmanager
    def attempt(self, most: timedelta, *, by_the_index: bool = False) -> Iterator[None]:
        end = time.monotonic() + most.total_seconds()
        door: Any = self._connection.connection.driver_connection
        door.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield
        except OperationalError as error:
            if "interrupted" not in str(error.orig):
                raise
            raise TookTooLong from error
        finally:
            door.set_progress_handler(None, 0)

    def end(self) -> None:
        """Nothing was set."""
