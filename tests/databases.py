"""An installation for tests: an empty database, SQLite or PostgreSQL, and a secret of its own."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

import bot.tables  # noqa: F401  owns tables
from bot import queues
from bot.settings import settings as bot_settings
from cases import db
from cases.db import Base, make_engine, transaction
from cases.exclusions import ours, refading  # noqa: F401  own a table each
from cases.exclusions.settings import settings as exclusion_settings
from cases.people import scale
from cases.settings import settings
from cases.taxonomy import following
from inbox import (
    freshness,
    sighting,  # noqa: F401  owns a table
)
from inbox.settings import settings as inbox_settings
from tests.servers.postgres import Postgres

_compiled: LRUCache[object, object] = LRUCache(3000)
_dialects: dict[str, Dialect] = {}
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.server))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database; a test that takes it runs on both kinds.

    It is empty, but has its tables already if an installation is asked for on PostgreSQL.
    """
    if request.param == "postgresql":
        made = "installation" in request.fixturenames
        url: str = request.getfixturevalue("installed_postgres" if made else "postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'tregua.db'}"


def settle_in(monkeypatch: pytest.MonkeyPatch, url: str, folder: Path) -> None:
    """Make this process, and all it starts, an installation with that database and folder."""
    monkeypatch.setenv("TREGUA_DATABASE_URL", url)
    monkeypatch.setenv("TREGUA_DATA", str(folder))
    monkeypatch.setenv("TREGUA_SECRET_KEY", "a secret that only tests use")
    monkeypatch.setenv("TREGUA_CONFIG", str(folder / "none.toml"))
    forget()


def forget() -> None:
    """Forget the settings and connections of the installation before."""
    for cached in (
        *(settings, bot_settings, inbox_settings, exclusion_settings),
        queues.connection,
    ):
        cached.cache_clear()
    scale.forget()
    following.forget()
    freshness.forget()
    db.let_go()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Engines share what they compiled: to compile its statements takes most of a test's time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "make_engine", lambda url: _sharing(make_engine(url)))
        yield


def _sharing(made: Engine) -> Engine:
    made.update_execution_options(compiled_cache=_compiled)
    if (known := _dialects.get(made.name)) is not None:
        made.dialect = known
    else:
        # A dialect learns of its server when it first connects, and only then is it complete.
        event.listen(made, "connect", lambda *_about: _dialects.setdefault(made.name, made.dialect))
    return made


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one worker fills while the others wait, to be used by all as it is."""
    base = folders.getbasetemp()
    # Workers have theirs in the one of the whole session.
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(folder := folders.mktemp(name))
            folder.rename(made)
    return made


@pytest.fixture(scope="session")
def _sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with empty tables, to be copied: making tables takes longer than a test."""

    def make(folder: Path) -> None:
        _make_tables(f"sqlite:///{folder / 'tregua.db'}")

    return made_once(tmp_path_factory, "tables", make) / "tregua.db"


@pytest.fixture(scope="session")
def _postgres_with_tables(_postgres_of_the_session: Postgres) -> str:
    """The URL of the one PostgreSQL database that all installations use, one after the other."""
    url = _postgres_of_the_session.kept_database()
    _make_tables(url)
    return url


@pytest.fixture
def installed_postgres(
    _postgres_of_the_session: Postgres, _postgres_with_tables: str
) -> Iterator[str]:
    """The URL of a PostgreSQL database with empty tables."""
    yield _postgres_with_tables
    _postgres_of_the_session.empty(_postgres_with_tables)


def _make_tables(url: str) -> None:
    made = make_engine(url)
    Base.metadata.create_all(made)
    made.dispose()


@pytest.fixture
def installation(
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    tmp_path: Path,
    _sqlite_with_tables: Path,
    doorbell: str,
) -> Iterator[str]:
    """An installation with empty tables; gives the database's URL."""
    if "TREGUA_REDIS_URL" not in os.environ:
        monkeypatch.setenv("TREGUA_REDIS_URL", doorbell)
    settle_in(monkeypatch, database_url, tmp_path)
    if database_url.startswith("sqlite:///"):
        shutil.copyfile(_sqlite_with_tables, database_url.removeprefix("sqlite:///"))
    yield database_url
    forget()


@pytest.fixture
def session(installation: str) -> Iterator[Session]:
    """A transaction of an empty installation."""
    with transaction() as session:
        yield session
