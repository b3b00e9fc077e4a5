"""Absences end as people mean it, on the clock of their zone, and nobody has to end them."""

from datetime import UTC, datetime, timedelta

import pytest

from cases import Agent
from cases.agent.absence import Until, come_back, ends, leave
from cases.snoozing import NotAhead

NOON = datetime(2026, 11, 26, 12, 0, 42, tzinfo=UTC)


def test_each_end_is_what_people_mean_by_it():
    found = ends(NOON, "Europe/Madrid")
    assert found[Until.BACK] is None
    assert found[Until.HOUR] == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    assert found[Until.TODAY] == datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
    assert found[Until.TOMORROW] == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    # The night in which the clocks go forward is an hour shorter.
    spring = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert ends(spring, "Europe/Madrid")[Until.TOMORROW] == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_an_absence_is_over_when_its_end_has_come_or_somebody_is_back():
    one, end = Agent(), NOON + timedelta(hours=1)
    assert not one.is_away(NOON)
    leave(one, end, at=NOON)
    assert [one.is_away(at) for at in (NOON, end - timedelta(seconds=1), end)] == [
        True,
        True,
        False,
    ]
    leave(one, None, at=NOON)
    assert one.is_away(NOON + timedelta(days=500))
    come_back(one)
    assert not one.is_away(NOON)


def test_a_longer_absence_began_when_it_began_and_a_new_one_now():
    one = Agent()
    leave(one, NOON + timedelta(hours=1), at=NOON)
    leave(one, NOON + timedelta(hours=3), at=NOON + timedelta(minutes=30))
    assert one.away_since == NOON
    leave(one, None, at=NOON + timedelta(hours=5))
    assert one.away_since == NOON + timedelta(hours=5)


@pytest.mark.parametrize("end", [NOON, NOON - timedelta(days=1), NOON + timedelta(days=400)])
def test_an_end_lies_ahead_and_within_a_year(end: datetime):
    one = Agent()
    with pytest.raises(NotAhead):
        leave(one, end, at=NOON)
    assert not one.is_away(NOON)
