"""Pressure adds up, fades, and says when it will be low enough."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.pressure import (
    LOOK_BACK,
    Course,
    Limit,
    Limits,
    Load,
    Season,
    added,
    faded,
    held_until,
    score,
)
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


def test_what_is_heavier_than_the_cap_goes_once_nothing_weighs():
    heavy, load = 4.0, Load(1.0, MORNING)
    until = held_until(load, heavy, LIMIT, MORNING)
    assert until == MORNING + LOOK_BACK
    assert held_until(load, heavy, LIMIT, until) is None
    assert held_until(Load(), heavy, LIMIT, MORNING) is None


def a_season(days, cap, length=5):
    start = MORNING + timedelta(days=days)
    return Season(start, start + timedelta(days=length), Limit(cap, WEEK, timedelta(0)))


def test_a_stricter_season_that_begins_first_is_waited_for():
    # Faded enough after a week, but two days before that a season begins which allows less.
    limits = Limits(LIMIT, (a_season(5, 1.2, length=10),))
    until = Course([limits], MORNING).held_until([Load(4.0, MORNING)], 1.0)
    assert until == MORNING + timedelta(days=15)
    generous = Limits(LIMIT, (a_season(2, 9.0),))
    assert Course([generous], MORNING).held_until([Load(4.0, MORNING)], 1.0) == MORNING + (
        timedelta(days=2)
    )


def test_the_limit_of_a_topic_holds_beside_the_one_for_all_mail():
    topic = Limits(Limit(1.0, WEEK, timedelta(0)))
    course = Course([Limits(LIMIT), topic], MORNING)
    assert course.held_until([Load(1.0, MORNING), Load()], 1.0) is None
    assert course.held_until([Load(1.0, MORNING), Load(1.0, MORNING)], 1.0) is not None
    assert course.held_until([Load(2.5, MORNING), Load()], 1.0) is not None


hours = st.floats(0, 40 * 24)
loads = st.builds(
    lambda total, age, last: Load(
        total,
        MORNING - timedelta(hours=age),
        None if last is None else MORNING - timedelta(hours=last),
    ),
    st.floats(0.01, 12),
    hours,
    st.none() | hours,
)
limit = st.builds(
    Limit, st.floats(0.2, 6), st.just(WEEK), st.sampled_from([timedelta(0), WEEK / 3])
)


@st.composite
def some_limits(draw):
    marks = sorted(draw(st.sets(st.integers(-5, 80), min_size=4, max_size=4)))
    days = [MORNING + timedelta(days=mark) for mark in marks]
    seasons = [Season(days[n], days[n + 1], draw(limit)) for n in (0, 2)]
    return Limits(draw(limit), tuple(seasons[: draw(st.integers(0, 2))]))


@given(st.lists(st.tuples(loads, some_limits()), min_size=1, max_size=2), st.floats(0.1, 3.0))
def test_at_the_promised_instant_it_may_go_and_not_a_minute_before(pairs, weight):
    theirs, limits = [one for one, _ in pairs], [one for _, one in pairs]

    def until_at(now):
        return Course(limits, now).held_until(theirs, weight)

    until = until_at(MORNING)
    if until is None:
        return
    assert until > MORNING
    assert until_at(until) is None
    before = until - timedelta(minutes=1)
    if before > MORNING:
        assert until_at(before) is not None
        assert until_at(before) == until
