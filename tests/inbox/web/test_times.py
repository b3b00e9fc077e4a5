"""How long something lasts, in the words of a line."""

from datetime import timedelta

import pytest

from inbox.web import times


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-5), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(hours=5, minutes=1), "5 h 1 min"),
        (timedelta(hours=10, minutes=59), "10 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=2, hours=3, minutes=5), "2 d 3 h"),
    ],
)
def test_a_length_is_said_in_two_units_where_both_say_something(
    length: timedelta, said: str
) -> None:
    assert times.span(length) == said
