"""Whether the gate and the policy can believe the feed is said by the test."""

import pytest


class Weather:
    """Whether the feed can be believed."""

    fresh = True

    def __call__(self):
        return self.fresh


@pytest.fixture
def weather():
    return Weather()
