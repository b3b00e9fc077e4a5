"""`tregua up` on real servers: mail in, the page shows it, the reply is out, the feed says so."""

import re

import httpx
import pytest

from cases.agent import Role
from cases.db import transaction
from inbox import tokens
from inbox.command.users import an_agent
from inbox.tokens import Scope
from tests.running import Shop, a_raw_mail, running, until
from tests.servers.ports import free_port

PASSWORD = "a long password"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def port(shop, monkeypatch):
    """The web's port; somebody may sign in there."""
    chosen = free_port()
    monkeypatch.setenv("TREGUA_WEB_PORT", str(chosen))
    with transaction() as session:
        session.add(an_agent("lucia@tregua.test", "Lucía", Role.ADMIN, "es", PASSWORD))
    return chosen


@pytest.fixture
def feed_token(shop):
    with transaction() as session:
        scopes = frozenset({Scope.FEED_READ, Scope.FEED_REASONS, Scope.FEED_RAW})
        return tokens.issue(session, "newsletter", scopes)


def test_a_mail_is_seen_answered_and_excluded(shop: Shop, port: int, feed_token: str) -> None:
    base = f"http://127.0.0.1:{port}"
    with running(shop.folder, ("up",)) as up, httpx.Client(base_url=base, timeout=60) as browser:
        until(lambda: _answers(browser), seconds=60, what="the pages\n" + up.said())
        assert browser.get("/").status_code in (302, 303, 401)
        _sign_in(browser)
        shop.customer_writes(a_raw_mail("Mi pedido 4711 no llega.", subject="Pedido 4711"))
        until(lambda: "Pedido 4711" in _listing(browser), seconds=60, what="the case\n" + up.said())
        (reply,) = shop.sink.wait_for(1)
        feed = browser.get("/v1/exclusions", headers={"Authorization": f"Bearer {feed_token}"})
    assert reply.recipients == ("ana@cliente.test",)
    assert reply.message["Auto-Submitted"] == "auto-replied"
    assert feed.status_code == 200
    assert "open_case" in feed.text


def _answers(browser: httpx.Client) -> bool:
    try:
        return browser.get("/sign-in").status_code == 200
    except httpx.TransportError:
        return False


def _sign_in(browser: httpx.Client) -> None:
    form = browser.get("/sign-in").text
    found = re.search(r'name="csrf" value="([^"]+)"', form)
    assert found is not None
    said = {"csrf": found[1], "address": "lucia@tregua.test", "password": PASSWORD}
    assert browser.post("/sign-in", data=said).status_code == 303


def _listing(browser: httpx.Client) -> str:
    shown = browser.get("/", follow_redirects=True)
    assert shown.status_code == 200
    return shown.text
