"""At the moment of sending: who may speak, who waits, who is silent, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.coordination import RULES, Cancel, Facts, Go, Later, judge
from bot.kinds import KINDS
from tests.builders import MORNING

SOON = MORNING + timedelta(hours=1)
NOTHING = Facts(now=MORNING, expires_at=MORNING + timedelta(days=1))

FORBIDDEN = [
    ("off", "switched off here", "switched-off"),
    ("dead_address", True, "dead-address"),
    ("answered", True, "person-first"),
    ("with_people", True, "person-first"),
    ("wrote_again", True, "wrote-again"),
    ("case_open", False, "closed"),
    ("said_before", True, "duplicate"),
    ("over_limit", "enough", "limit"),
    ("expires_at", MORNING, "expired"),
    ("held", True, "excluded"),
]
DELAYED = [
    ("stopped", "far too much", "breaker"),
    ("writing", "Bea", "writing"),
    ("turn_until", SOON, "turn"),
    ("room_at", SOON, "limit-domain"),
    ("pressed_until", SOON, "pressure"),
    ("wakes_at", SOON, "quiet-hours"),
]


def test_what_nothing_stands_against_goes():
    assert judge(NOTHING) == Go()


@pytest.mark.parametrize(("name", "value", "rule"), FORBIDDEN)
def test_what_forbids_a_mail_cancels_it_with_a_reason(name, value, rule):
    verdict = judge(replace(NOTHING, **{name: value}))
    assert isinstance(verdict, Cancel)
    assert verdict.rule == rule
    assert verdict.reason


@pytest.mark.parametrize(("name", "value", "rule"), DELAYED)
def test_what_only_delays_a_mail_says_until_when(name, value, rule):
    verdict = judge(replace(NOTHING, **{name: value}))
    assert isinstance(verdict, Later)
    assert verdict.rule == rule
    assert verdict.until > MORNING


@pytest.mark.parametrize(("later", "_value", "_rule"), DELAYED)
@pytest.mark.parametrize(("name", "value", "rule"), FORBIDDEN)
def test_what_forbids_comes_before_what_delays(name, value, rule, later, _value, _rule):
    assert judge(replace(NOTHING, **{name: value, later: _value})).rule == rule


def test_an_acknowledgement_leaves_at_night_and_though_the_customer_wrote_again():
    night = replace(NOTHING, kind=KINDS["acknowledgement"], urgent=True, wrote_again=True)
    assert judge(replace(night, wakes_at=SOON, pressed_until=SOON)) == Go()


def test_an_acknowledgement_is_not_sent_after_a_person_answered():
    answered = replace(NOTHING, kind=KINDS["acknowledgement"], answered=True)
    assert isinstance(judge(answered), Cancel)


def test_progress_is_told_beside_a_person_but_not_while_one_writes():
    told = replace(NOTHING, kind=KINDS["progress"], with_people=True)
    assert judge(told) == Go()
    assert judge(replace(told, writing="Bea")).rule == "writing"


def test_the_question_after_closing_is_not_put_to_a_reopened_case():
    asked = replace(NOTHING, kind=KINDS["satisfaction"], case_open=False)
    assert judge(asked) == Go()
    assert judge(replace(asked, case_open=True)).rule == "reopened"


def test_a_commercial_mail_waits_for_the_end_of_an_exclusion_it_can_outlive():
    held = replace(NOTHING, held=True, held_until=SOON)
    assert judge(held).until == SOON
    assert isinstance(judge(replace(held, expires_at=SOON)), Cancel)


def test_pressure_that_lasts_longer_than_the_news_cancels_them():
    pressed = replace(NOTHING, pressed_until=NOTHING.expires_at)
    assert judge(pressed).rule == "pressure"
    assert isinstance(judge(pressed), Cancel)


def test_each_rule_has_a_name_that_says_what_it_wants():
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
