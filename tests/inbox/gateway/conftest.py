"""Whether the gate and the policy can believe the feed is said by the test."""

import contextlib

import pytest

from inbox.gateway.server import serving
from inbox.gateway.settings import settings
from tests.inbox.gateway.relayed import BACK, DOOR, GATE, POLICY, STRICT
from tests.servers.ports import free_port


class Weather:
    """Whether the feed can be believed."""

    fresh = True

    def __call__(self):
        return self.fresh


@pytest.fixture
def weather():
    return Weather()


@pytest.fixture(scope="module")
def ports():
    """Free ports in place of those that our docs name."""
    return {one: free_port() for one in (DOOR, GATE, BACK, STRICT, POLICY)}


@pytest.fixture
def opened(installation, monkeypatch, ports, weather):
    """Opens the gate that the mail server knows; what is set comes as keywords."""
    monkeypatch.setenv("TREGUA_GATE_PORT", str(ports[GATE]))

    @contextlib.contextmanager
    def gate(**chosen):
        with monkeypatch.context() as patch:
            known = {"relay_port": ports[BACK], **chosen}
            for name, value in known.items():
                patch.setenv(f"TREGUA_GATE_{name.upper()}", str(value))
            settings.cache_clear()
            with serving(weather) as made:
                yield made
        settings.cache_clear()

    return gate
