"""Reply or stay silent: the rules, their order, and a reason for every silence."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import RULES, Reply, Silence, Situation, decide
from cases.mail import Origin, Trust


def _situation(**values: object) -> Situation:
    said = {"origin": Origin.CUSTOMER, "may_answer": True, "may_answer_reason": "a person wrote"}
    return Situation(**(said | values))  # type: ignore[arg-type]


def test_the_first_mail_of_a_person_is_acknowledged() -> None:
    assert decide(_situation()) == Reply("acknowledgement", "acknowledge", "a person opened a case")


@pytest.mark.parametrize(
    ("about", "rule"),
    [
        ({"origin": Origin.AUTO_REPLY}, "machines"),
        ({"origin": Origin.BOUNCE}, "machines"),
        ({"origin": Origin.AGENT}, "machines"),
        ({"origin": Origin.OWN}, "machines"),
        ({"may_answer": False, "may_answer_reason": "its return path is empty"}, "rfc3834"),
        ({"trust": Trust.FAIL}, "forged"),
        ({"quarantined": True}, "forged"),
        ({"dead_address": True}, "dead-address"),
        ({"history": True}, "history"),
        ({"age": timedelta(hours=25)}, "late"),
        ({"again": True}, "again"),
        ({"opened": False}, "once-per-case"),
        ({"sent_to_address": 2}, "limit-address"),
        ({"sent_to_domain": 20}, "limit-domain"),
        ({"freemail": True, "alike_from_domain": 5}, "limit-alike"),
        ({"alike": 200}, "limit-alike"),
        ({"switched_on": False}, "switched-off"),
        ({"shadow": True}, "shadow"),
    ],
)
def test_each_silence_has_its_rule_and_its_reason(about: dict[str, object], rule: str) -> None:
    decision = decide(_situation(**about))
    assert isinstance(decision, Silence)
    assert decision.rule == rule
    assert decision.reason


@pytest.mark.parametrize(
    "about",
    [
        {"sent_to_address": 1},
        {"sent_to_domain": 19},
        {"freemail": True, "sent_to_domain": 500},
        {"freemail": True, "alike_from_domain": 4},
        {"alike_from_domain": 19},
        {"alike": 199},
        {"per_domain": 100_000, "alike": 5_000, "freemail": True, "alike_from_domain": 5_000},
        {"age": timedelta(hours=23)},
        {"trust": Trust.NONE},
    ],
)
def test_what_is_still_within_the_limits_is_answered(about: dict[str, object]) -> None:
    assert isinstance(decide(_situation(**about)), Reply)


def test_the_plainest_reason_is_given_where_several_hold() -> None:
    about = _situation(origin=Origin.AUTO_REPLY, sent_to_address=9, opened=False)
    decision = decide(about)
    assert decision.rule == "machines"
    assert "automatic reply" in decision.reason


@settings(deadline=None)
@given(
    origin=st.sampled_from(Origin),
    trust=st.sampled_from(Trust),
    opened=st.booleans(),
    again=st.booleans(),
    may_answer=st.booleans(),
    sent=st.integers(0, 5),
)
def test_a_reply_goes_to_people_who_opened_a_case_alone(
    origin: Origin, trust: Trust, opened: bool, again: bool, may_answer: bool, sent: int
) -> None:
    about = _situation(origin=origin, trust=trust, opened=opened, again=again,
                       may_answer=may_answer, sent_to_address=sent)  # fmt: skip
    fine = origin is Origin.CUSTOMER and trust is not Trust.FAIL and opened and not again
    assert isinstance(decide(about), Reply) is (fine and may_answer and sent < 2)


def test_silences_come_before_what_speaks() -> None:
    speaks = [rule(_situation()) is not None for rule in RULES]
    assert speaks.index(True) == len(speaks) - 1
