"""The server dies while somebody writes: the text stays, that is told, and it is kept later."""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server

from cases.db import reading
from cases.unsent import Unsent
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Site:
    """The pages on one port, which can be taken away and come back."""

    def __init__(self, app: Flask) -> None:
        self._app, self.port, self._server = app, 0, None
        self.start()

    def start(self) -> None:
        server: BaseWSGIServer = make_server("127.0.0.1", self.port, self._app, threaded=True)
        self._server, self.port = server, server.port
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mortal(app: Flask) -> Iterator[Site]:
    site = Site(app)
    yield site
    site.stop()


@pytest.fixture
def site(mortal: Site) -> str:
    """The address the browser opens."""
    return f"http://127.0.0.1:{mortal.port}"


def _kept(case_id: int) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Unsent.text).where(Unsent.case_id == case_id)))


def test_a_text_outlives_the_server(
    page: "Page", open_as: Callable[..., None], mortal: Site, enter: Enter
) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    page.locator("#reply-text").fill("Escrito antes")
    page.locator("[data-saved]:has-text('Guardado')").wait_for()
    assert _kept(case.id) == ["Escrito antes"]
    mortal.stop()
    page.locator("#reply-text").fill("Escrito antes y durante la caída")
    page.locator("[data-saved]:has-text('Sin guardar todavía')").wait_for()
    mortal.start()
    page.locator("[data-saved]:has-text('Guardado')").wait_for()
    assert _kept(case.id) == ["Escrito antes y durante la caída"]
    assert page.locator("#reply-text").input_value() == "Escrito antes y durante la caída"
