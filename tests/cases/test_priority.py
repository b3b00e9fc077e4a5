"""What comes first can be explained, and nobody waits for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.language import speaking
from cases.priority import FAIR_AFTER, MOST, Facts, score, weight
from tests.builders import MORNING

HOUR = timedelta(hours=1)
PLAIN = Facts(waiting_since=MORNING - HOUR, due_at=MORNING + 5 * HOUR)


def points(facts: Facts) -> float:
    return score(facts, MORNING).points


@pytest.mark.parametrize(
    "more",
    [
        {"due_at": MORNING + HOUR},
        {"waiting_since": MORNING - 5 * HOUR},
        {"anger": 2.0},
        {"urgency": 2.0},
        {"tier": 1.0},
        {"value": 0.9},
        {"risk": True},
        {"detractor": True},
        {"contacts": 4},
    ],
)
def test_each_reason_brings_a_case_forward(more: dict[str, object]):
    assert points(replace(PLAIN, **more)) > points(PLAIN)  # type: ignore[arg-type]


def test_the_reasons_are_said_in_words_and_add_up():
    facts = Facts(
        waiting_since=MORNING - 3 * HOUR,
        due_at=MORNING + 2 * HOUR,
        anger=2.0,
        tier=1.0,
        tier_name="oro",
        contacts=3,
    )
    with speaking("es"):
        found = score(facts, MORNING)
    assert [part.words for part in found.parts] == [
        "la promesa vence en 2 h",
        "parece enfadado",
        "nivel oro",
        "ha escrito 3 veces",
        "lleva 3 h esperando",
    ]
    assert found.points == sum(part.points for part in found.parts)
    assert score(facts, MORNING).parts[0].words == "the promise ends in 2 h"


def test_a_promise_that_can_be_kept_comes_before_one_that_is_broken():
    soon = Facts(waiting_since=MORNING - HOUR, due_at=MORNING + HOUR)
    broken = Facts(waiting_since=MORNING - HOUR, due_at=MORNING - HOUR)
    assert points(soon) > points(broken) > points(replace(broken, due_at=None))
    assert score(broken, MORNING).parts[0].words == "the promise was broken 1 h ago"


def test_a_case_of_which_nothing_is_known_weighs_nothing():
    assert score(Facts(), MORNING).parts == ()


unit = st.floats(0, 1)
hours = st.floats(-500, 500)
anybody = st.builds(
    Facts,
    due_at=hours.map(lambda left: MORNING + left * HOUR),
    anger=st.floats(0, 5),
    urgency=st.floats(0, 5),
    tier=unit,
    value=unit,
    risk=st.booleans(),
    detractor=st.booleans(),
    contacts=st.integers(0, 1000),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(anybody, anybody)
def test_who_has_waited_long_enough_comes_before_whoever_writes_now(one: Facts, other: Facts):
    long = replace(one, waiting_since=MORNING - FAIR_AFTER)
    new = replace(other, waiting_since=MORNING)
    assert weight(long, MORNING) >= weight(new, MORNING)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(anybody, st.floats(0, 900))
def test_the_longer_one_waits_the_sooner_one_comes(facts: Facts, waited: float):
    now, later = (replace(facts, waiting_since=MORNING - n * HOUR) for n in (waited, waited + 1))
    assert weight(later, MORNING) > weight(now, MORNING)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(anybody)
def test_without_its_age_nothing_weighs_more_than_the_most(facts: Facts):
    assert 0 <= weight(facts, MORNING) <= MOST


def test_nobody_waits_behind_newcomers_for_longer_than_three_days():
    assert timedelta(days=3) > FAIR_AFTER
