"""A seeded shop, and visitors who ask for its pages as a browser does."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from cases import Agent, Case, clock, db
from cases.db import Base, make_engine, reading, transaction
from cases.words import keeping
from inbox.app import create_app
from inbox.web import csrf, signin
from inbox.web.signin import sessions
from tests.databases import forget, made_once, settle_in
from tests.seeding import seed

if TYPE_CHECKING:
    from playwright.sync_api import Page

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, doorbell: str) -> Path:
    """A database with a week of the shop, made once and copied for each test."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TREGUA_REDIS_URL", doorbell)
            settle_in(patch, f"sqlite:///{folder / 'tregua.db'}", folder)
            made = make_engine(f"sqlite:///{folder / 'tregua.db'}")
            Base.metadata.create_all(made)
            made.dispose()
            seed()
            forget()

    return made_once(tmp_path_factory, "seeded", make) / "tregua.db"


@pytest.fixture
def shop(
    seeded: Path, doorbell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An installation with the shop's week; gives the database's URL."""
    for part in ("", "-wal"):
        if (before := Path(f"{seeded}{part}")).exists():
            shutil.copy(before, tmp_path / f"tregua.db{part}")
    url = f"sqlite:///{tmp_path / 'tregua.db'}"
    monkeypatch.setenv("TREGUA_REDIS_URL", doorbell)
    settle_in(monkeypatch, url, tmp_path)
    yield url
    forget()


@pytest.fixture(scope="session")
def _app_of_the_session() -> Flask:
    made = create_app()
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def app(shop: str, _app_of_the_session: Flask) -> Flask:
    """The web on the seeded shop; it holds nothing of a database, so one serves all tests."""
    return _app_of_the_session


class Visitor:
    """A browser: keeps cookies, and sends the token of its forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.secret = ""

    def get(self, path: str, *, partial: bool = False) -> TestResponse:
        return self.client.get(path, headers=HTMX if partial else {})

    def post(self, path: str, *, partial: bool = False, **fields: object) -> TestResponse:
        data = {"csrf": self.token(), **fields}
        return self.client.post(path, data=data, headers=HTMX if partial else {})

    def token(self) -> str:
        if not self.secret:
            self.get("/sign-in")
        visit = self.client.get_cookie(csrf.VISIT)
        return csrf.token_for(self.secret or (visit.value if visit else ""))


Enter = Callable[[str], Visitor]


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(app.test_client())


@pytest.fixture
def enter(app: Flask) -> Enter:
    """Let the agent with that address in, without the slow password."""

    return partial(_entered, app)


def _entered(app: Flask, address: str) -> Visitor:
    visitor = Visitor(app.test_client())
    with transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.address == address)).one()
        visitor.secret = sessions.begin(session, agent, at=clock.now())
    visitor.client.set_cookie(signin.COOKIE, visitor.secret)
    return visitor


@pytest.fixture
def enter_on_postgresql(
    postgres_url: str,
    doorbell: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    _app_of_the_session: Flask,
) -> Iterator[Enter]:
    """The same for a seeded shop on PostgreSQL."""
    monkeypatch.setenv("TREGUA_REDIS_URL", doorbell)
    settle_in(monkeypatch, postgres_url, tmp_path)
    made = make_engine(postgres_url)
    Base.metadata.create_all(made)
    made.dispose()
    seed()
    keeping.keep()
    yield partial(_entered, _app_of_the_session)
    forget()


@pytest.fixture
def statements(shop: str) -> Iterator[list[str]]:
    """The SQL statements that were sent since the list was last cleared."""
    with listened() as sent:
        yield sent


@contextmanager
def listened() -> Iterator[list[str]]:
    """The statements that the database of the installation is sent meanwhile."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if "BEGIN" not in statement and "PRAGMA" not in statement:
            sent.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield sent
    event.remove(db.engine(), "before_cursor_execute", note)


def case_about(subject: str) -> Case:
    """The seeded case with that subject."""
    with reading() as session:
        return session.scalars(select(Case).where(Case.subject == subject)).one()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The pages on a port, for browsers; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def faults(page: "Page") -> list[str]:
    """What the browser complained of: policies broken, scripts failed, files missing."""
    heard: list[str] = []
    page.on("pageerror", lambda fault: heard.append(str(fault)))
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    return heard


@pytest.fixture
def open_as(page: "Page", site: str, enter: "Enter") -> Callable[..., None]:
    """Open a page as somebody, in a theme and a language."""

    def opened(address: str, path: str, *, theme: str = "light", language: str = "es") -> None:
        visitor = enter(address)
        visitor.post("/preferences/language", value=language)
        page.context.add_cookies(
            [
                {"name": signin.COOKIE, "value": visitor.secret, "url": site},
                {"name": "tregua_theme", "value": theme, "url": site},
            ]
        )
        page.goto(site + path)
        # Scripts take up their work a moment after the page is there; some pages have none.
        if page.locator("#feed[hx-get]").count():
            page.locator("#feed[data-htmx-powered]").wait_for(state="attached")

    return opened
