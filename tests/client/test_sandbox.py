"""A sandbox is taken for one only by who says so, and a real installation never."""

import httpx
import pytest
from tregua_client import Client, FeedStale, Forged, Mirror, Sandbox, verify

from cases.exclusions.settings import settings
from inbox.command.sandbox import people, senders
from tests.apis import Api
from tests.builders import MORNING

FREE = "free@example.com"
HELD = "open-case@held.example.com"


@pytest.fixture
def database_url(tmp_path):
    """It makes its own database, and that is SQLite."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


@pytest.fixture
def sandbox(api_server, monkeypatch):
    monkeypatch.setenv("TREGUA_SANDBOX", "true")
    settings.cache_clear()
    people.settle(MORNING)
    yield api_server
    settings.cache_clear()


def ask(api, text, *, test):
    transport = httpx.WSGITransport(app=api.app)
    return Client("http://truce", text, transport=transport, test=test)


def test_nobody_sends_by_the_word_of_a_sandbox(sandbox, tmp_path):
    client = ask(sandbox, senders.text("full"), test=False)
    mirror = Mirror(tmp_path / "copy.sqlite")
    for question in (
        lambda: client.check(address=FREE),
        lambda: client.check_many([FREE]),
        lambda: client.gate(campaign="x", audience=[FREE]),
        lambda: list(client.stream("/v1/exclusions")),
        lambda: mirror.sync(client),
    ):
        with pytest.raises(Sandbox):
            question()
    with pytest.raises(FeedStale):
        mirror.allowed(FREE)
    mirror.close()


def test_who_says_so_tries_a_whole_campaign(sandbox):
    client = ask(sandbox, senders.text("full"), test=True)
    gate = client.gate(campaign="x", audience=[FREE, HELD])
    assert list(gate.allowed()) == [FREE]
    keys = client.ask("GET", "/.well-known/jwks.json").json()
    now = MORNING.timestamp()
    assert verify(gate.receipt, keys, now=now, test=True).claims["test"] is True
    with pytest.raises(Forged, match="sandbox"):
        verify(gate.receipt, keys, now=now)
    with pytest.raises(FeedStale):
        ask(sandbox, senders.text("behind"), test=True).check(address=FREE)


def test_a_test_asks_no_real_installation(api_server):
    text = Api().program().text
    assert ask(api_server, text, test=False).check(address=FREE).allowed
    with pytest.raises(Sandbox):
        ask(api_server, text, test=True).check(address=FREE)
