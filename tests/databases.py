"""An installation for tests: an empty database, SQLite or PostgreSQL, and a secret of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import bot.tables  # noqa: F401  owns tables
import inbox.api
import inbox.gateway.unasked
import inbox.spool
import inbox.tokens
import inbox.web.form_uses
import inbox.web.guesses
import inbox.web.sessions  # noqa: F401  these own tables
from bot import queues
from bot.settings import settings as bot_settings
from cases import db, sla
from cases.db import Base, make_engine, transaction
from cases.exclusions.settings import settings as exclusion_settings
from cases.people import scale
from cases.settings import settings
from cases.taxonomy import following
from inbox.settings import settings as inbox_settings

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.server))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database; a test that takes it runs on both kinds."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
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
        *(queues.connection, sla.calendar),
    ):
        cached.cache_clear()
    scale.forget()
    following.forget()
    db.let_go()


@pytest.fixture
def installation(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path
) -> Iterator[str]:
    """An installation with empty tables; gives the database's URL."""
    settle_in(monkeypatch, database_url, tmp_path)
    made = make_engine(database_url)
    Base.metadata.create_all(made)
    made.dispose()
    yield database_url
    forget()


@pytest.fixture
def session(installation: str) -> Iterator[Session]:
    """A transaction of an empty installation."""
    with transaction() as session:
        yield session
