"""Where transactions begin and end. Nothing else in the program commits."""

import json
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy import Enum as Choice
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from cases.rows import copying, inserting, numbering
from cases.rows.inserting import Row, put
from cases.settings import settings

log = logging.getLogger(__name__)

Act = Callable[[], object]
BeforeCommit = Callable[[Session], None]

FILING = "filing"
"""One filer at a time, so that two mails of one thread never open two cases, and nobody who is new
is met twice."""


class Utc(TypeDecorator[datetime]):
    """An instant. SQLite forgets time zones, so it is kept in UTC and given back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


def _values(choices: type[StrEnum]) -> list[str]:
    return [choice.value for choice in choices]


class Base(DeclarativeBase):
    """The base of all tables."""

    type_annotation_map = {  # noqa: RUF012
        datetime: Utc,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        StrEnum: Choice(StrEnum, native_enum=False, length=32, values_callable=_values),
    }
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


event.listen(Base, "init", numbering.fill, propagate=True)
_making = Lock()


def engine() -> Engine:
    """The engine of this process, made once, however many threads ask first."""
    with _making:
        return _engine()


@cache
def _engine() -> Engine:
    return make_engine(settings().database())


def there_is_one() -> bool:
    """Whether there is a database at all: SQLite would make an empty one by being asked."""
    url = make_url(settings().database())
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def let_go() -> None:
    """Close the connections and forget the engine: the settings have changed."""
    with _making:
        if _engine.cache_info().currsize:
            _engine().dispose()
        _engine.cache_clear()


def make_engine(url: str) -> Engine:
    """An engine for that URL, with what SQLite needs to keep the same promises as PostgreSQL."""
    if url.startswith("sqlite"):
        made = create_engine(url, connect_args={"timeout": 30}, **_HOW)
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        return made
    made = create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=60, connect_args=_PATIENCE, **_HOW
    )
    event.listen(made, "connect", _prepare_postgresql)
    event.listen(made, "do_executemany", copying.copy)
    return made


# Whoever reads in a log why a statement failed does not read what people wrote.
_HOW: dict[str, Any] = {
    "json_serializer": json.JSONEncoder(ensure_ascii=False).encode,
    "hide_parameters": True,
}


# A machine that dies says no goodbye. Each side asks the other after a while, so that a database
# that is gone holds up nobody here, and nobody who is gone holds a lock there for two hours.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_OTHER_SIDE = """
SET jit = off;
SET tcp_keepalives_idle = 30;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3;
SET tcp_user_timeout = 60000
"""


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin by itself: we say BEGIN or BEGIN IMMEDIATE below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # Compiling a statement takes a second, and none of ours runs as long.
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(_OTHER_SIDE)
    cursor.close()
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    chosen = connection.get_execution_options()
    # Without BEGIN each statement is a transaction of its own.
    if chosen.get("tregua_one_by_one"):
        return
    # A writer that begins deferred can fail half-way, when another writes first.
    writes = chosen.get("tregua_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_before_writing: list[BeforeCommit] = []
_before_commit: list[BeforeCommit] = []


def before_writing(act: BeforeCommit) -> None:
    """Have it called at the end of every transaction, while new rows are not written yet."""
    if act not in _before_writing:
        _before_writing.append(act)


def before_commit(act: BeforeCommit) -> None:
    """Have it called at the end of every transaction, before it is committed."""
    if act not in _before_commit:
        _before_commit.append(act)


def afterwards(session: Session, act: Act) -> None:
    """Have it called after a successful commit and never otherwise."""
    session.info.setdefault("afterwards", []).append(act)


def write_at_end(session: Session, table: type[Base], row: dict[str, Any]) -> Row:
    """Have the row written at the end of the transaction, with all such ones in one statement.

    For what nobody looks at before: it costs a fraction of an object of the session. Another such
    row in it, or an object, stands for its id.
    """
    made = Row(row)
    session.info.setdefault("rows_at_end", {}).setdefault(table, []).append(made)
    return made


def write_rows(session: Session) -> None:
    """Write all that waits: the objects, and then the rows for the end."""
    session.flush()
    if rows := session.info.pop("rows_at_end", None):
        put(session, rows)


@contextmanager
def reading() -> Iterator[Session]:
    """A look at the database that changes nothing."""
    with Session(engine(), autoflush=False) as session:
        yield session


@contextmanager
def transaction(*, lock: str | None = None) -> Iterator[Session]:
    """Everything inside happens, or nothing does."""
    writer = engine().execution_options(tregua_writes=True)
    with Session(writer, autoflush=False, expire_on_commit=False) as session, session.begin():
        event.listen(session, "before_flush", numbering.number)
        event.listen(session, "before_flush", inserting.write)
        if lock is not None:
            _take(session, lock)
        yield session
        for act in _before_writing:
            act(session)
        write_rows(session)
        for act in _before_commit:
            act(session)
    for done in session.info.pop("afterwards", ()):
        _attempt(done)


@contextmanager
def statements() -> Iterator[Connection]:
    """A transaction of plain statements: no objects, and nothing is called at its end."""
    with engine().execution_options(tregua_writes=True).begin() as connection:
        yield connection


@contextmanager
def one_by_one() -> Iterator[Connection]:
    """A connection on which each statement is a transaction of its own, committed when it ends.

    So a change that is one statement costs one question to the server, and not four.
    """
    plain = engine().execution_options(tregua_one_by_one=True)
    if plain.dialect.name == "postgresql":
        plain = plain.execution_options(isolation_level="AUTOCOMMIT")
    with plain.connect() as connection:
        yield connection


@contextmanager
def another(url: str) -> Iterator[Connection]:
    """A look at a database that is not the one of this installation."""
    other = make_engine(url)
    try:
        with other.connect() as connection:
            yield connection
    finally:
        other.dispose()


@contextmanager
def scratch() -> Iterator[Session]:
    """A database in memory that is gone at the end of the block: for simulations."""
    memory = make_engine("sqlite://")
    Base.metadata.create_all(memory)
    with Session(memory, autoflush=False, expire_on_commit=False) as session:
        yield session
    memory.dispose()


def hold(session: Session, lock: str) -> None:
    """Be the only one with that lock until the transaction ends."""
    _take(session, lock)


def _take(session: Session, lock: str) -> None:
    # On SQLite BEGIN IMMEDIATE is already the lock.
    if session.get_bind().dialect.name == "postgresql":
        number = zlib.crc32(lock.encode())
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _attempt(act: Act) -> None:
    # What fails here was only a doorbell: a sweep finds what was missed.
    try:
        act()
    except Exception:
        log.warning("something after a commit failed; a sweep will find it", exc_info=True)
