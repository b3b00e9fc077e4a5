"""A made year of a shop: the truce costs marketing little, and nobody who complains is sold to."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cases import clock
from inbox.command.year import shop as shops
from inbox.command.year.living import Year
from inbox.command.year.shop import BEGINS, BLACK_FRIDAY, Shop
from inbox.command.year.working import open_at


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough here: the exclusions are tested on both."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


def test_the_same_seed_is_the_same_year_and_black_friday_is_five_times_as_busy() -> None:
    year = Shop(people=2000)
    first, again = list(shops.post(year)), list(shops.post(year))
    assert first == again
    assert first != list(shops.post(Shop(people=2000, seed=8)))
    assert [one.at for one in first] == sorted(one.at for one in first)
    begins, ends = BLACK_FRIDAY
    rush = sum(begins <= one.at < ends for one in first) / 7
    assert 3.5 <= rush / (2000 * year.contacts_a_day) <= 6.5
    assert not open_at(BEGINS.replace(day=4, hour=10))


@pytest.mark.usefixtures("installation")
def test_two_weeks_of_a_small_shop(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    before = clock.now()
    figures = Year(Shop(people=400, days=14)).live()
    assert figures["mails"] > 5
    assert figures["held_back"] > 0
    assert figures["complaints_mailed"] == 0
    assert figures["trapped"] == 0
    assert clock.now() >= before


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_the_year_shows_the_balance() -> None:
    words = [sys.executable, "-m", "inbox", "simulate", "--year"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, timeout=500)
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert figures["truce_median"] <= 0.03
    assert figures["truce_peak"] <= 0.06
    # One in ten thousand cannot be seen in a year of 3,000 people: a single slip of an agent is
    # 3.33. What can be seen is that nobody is refused for ever without a person who says so.
    assert figures["false_opt_outs"] == figures["slips_of_agents"] <= 1
    assert figures["trapped"] == figures["complaints_mailed"] == 0
    assert figures["mails"] > 2000
