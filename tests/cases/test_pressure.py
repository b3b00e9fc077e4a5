"""Pressure adds up, fades, and says when it will be low enough."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.pressure import Limit, Load, added, faded, held_until, score
from tests.builders import MORNING

WEEK = timedelta(days=7)
LIMIT = Limit(cap=3.0, half_life=WEEK, gap=timedelta(hours=24))


def test_half_is_left_after_the_half_life():
    assert faded(1.0, WEEK, WEEK) == pytest.approx(0.5)
    assert score([(MORNING, 1.0), (MORNING - WEEK, 1.0)], MORNING, WEEK) == pytest.approx(1.5)
    assert score([(MORNING - timedelta(days=61), 1.0)], MORNING, WEEK) == 0


def test_a_mail_that_fits_may_go():
    assert held_until(Load(2.0, MORNING), 1.0, LIMIT, MORNING) is None
    assert held_until(Load(), 1.0, LIMIT, MORNING) is None


def test_a_mail_that_does_not_fit_may_go_when_the_rest_has_faded():
    until = held_until(Load(4.0, MORNING), 1.0, LIMIT, MORNING)
    assert until == MORNING + WEEK
    assert held_until(Load(4.0, MORNING), 1.0, LIMIT, MORNING + WEEK) is None


def test_two_of_a_kind_keep_their_distance():
    load = Load(0.5, MORNING, last_at=MORNING)
    assert held_until(load, 0.5, LIMIT, MORNING) == MORNING + timedelta(hours=24)


def test_a_weightier_campaign_to_come_counts_as_sent():
    assert held_until(Load(1.5, MORNING), 0.5, LIMIT, MORNING, planned=[1.2]) is not None
    assert held_until(Load(1.5, MORNING), 0.5, LIMIT, MORNING, planned=[0.4]) is None


def test_what_weighs_nothing_is_never_too_much():
    assert held_until(Load(99, MORNING, MORNING), 0.0, LIMIT, MORNING) is None


touches = st.lists(st.tuples(st.integers(0, 59 * 24), st.floats(0.1, 1.0)), min_size=1, max_size=20)


@given(touches)
def test_the_running_sum_is_the_sum_in_any_order(said):
    load = Load()
    for hours, weight in said:
        load = added(load, weight, MORNING - timedelta(hours=hours), WEEK)
    whole = score([(MORNING - timedelta(hours=h), w) for h, w in said], MORNING, WEEK)
    assert faded(load.score, MORNING - load.at, WEEK) == pytest.approx(whole)


@given(touches, st.floats(0.1, 2.0))
def test_the_promised_instant_is_right(said, weight):
    total = score([(MORNING - timedelta(hours=h), w) for h, w in said], MORNING, WEEK)
    load = Load(total, MORNING)
    until = held_until(load, weight, LIMIT, MORNING)
    if until is not None:
        late = until + timedelta(seconds=1)
        assert held_until(load, weight, LIMIT, late) is None
