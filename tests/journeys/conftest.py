"""What journeys share: hours that pass as they want, on one kind of database."""

from collections.abc import Callable

import pytest

from tests.running import Shop
from tests.walking import Walk


@pytest.fixture
def walk(shop: Shop) -> Callable[[str], Walk]:
    """Begin a walk through the shop in that language."""
    return lambda language: Walk(shop, language)
