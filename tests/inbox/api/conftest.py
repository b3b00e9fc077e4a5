"""The API of an installation, as it is on a Tuesday morning."""

from collections.abc import Iterator

import pytest

from cases import clock
from tests.apis import Api
from tests.builders import MORNING


@pytest.fixture
def api_server(installation: str) -> Iterator[Api]:
    with clock.at(MORNING):
        yield Api()
