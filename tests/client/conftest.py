"""The client of senders, from its own folder, against the API of an installation."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import clock
from tests.apis import Api
from tests.builders import MORNING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "client"))


@pytest.fixture
def api_server(installation: str) -> Iterator[Api]:
    with clock.at(MORNING):
        yield Api()
