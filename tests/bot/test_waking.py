"""Mail that can wait is not sent while people sleep."""

from datetime import UTC, datetime, time

import pytest

from bot.waking import BadQuietHours, quiet_hours, wakes_at

NIGHT = (time(21), time(8))


@pytest.mark.parametrize(
    ("hour", "zone", "wakes"),
    [
        (12, "Europe/Madrid", None),
        (20, "Europe/Madrid", datetime(2026, 3, 11, 7, tzinfo=UTC)),
        (3, "Europe/Madrid", datetime(2026, 3, 10, 7, tzinfo=UTC)),
        (12, "America/Mexico_City", datetime(2026, 3, 10, 14, tzinfo=UTC)),
        (12, "Nowhere/Atall", None),
    ],
)
def test_the_customers_clock_counts(hour, zone, wakes):
    assert wakes_at(datetime(2026, 3, 10, hour, tzinfo=UTC), zone, NIGHT) == wakes


def test_the_night_the_clocks_go_forward_ends_at_eight_on_the_wall():
    late = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert wakes_at(late, "Europe/Madrid", NIGHT) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_the_night_the_clocks_go_back_nobody_has_woken_up_before():
    again_ten_past_two = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    until_half_past = wakes_at(again_ten_past_two, "Europe/Madrid", (time(21), time(2, 30)))
    assert until_half_past == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_quiet_at_noon_ends_the_same_day():
    noon = datetime(2026, 3, 10, 13, tzinfo=UTC)
    siesta = quiet_hours("14:00-16:30")
    assert wakes_at(noon, "Europe/Madrid", siesta) == datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


def test_no_quiet_hours_at_all():
    assert quiet_hours("") is None
    assert wakes_at(datetime(2026, 3, 10, 2, tzinfo=UTC), "UTC", None) is None


@pytest.mark.parametrize("text", ["9-17", "25:00-08:00", "21:00", "21:00-08:61"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(BadQuietHours):
        quiet_hours(text)
