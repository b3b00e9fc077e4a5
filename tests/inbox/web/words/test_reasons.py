"""Every reason that bots give can be read in Spanish."""

from dataclasses import replace

import pytest

from bot import coordination, policy
from bot.coordination import Go
from bot.policy import Situation
from bot.voice.limits import SentMail, over, over_rule
from cases.language import speaking
from cases.mail import Origin, Trust
from inbox.web.words import reasons
from tests.bot.test_coordination import DELAYED, FORBIDDEN, NOTHING
from tests.builders import MORNING

CUSTOMER = Situation(Origin.CUSTOMER, may_answer=True, may_answer_reason="")
SILENT = (
    {"origin": Origin.AUTO_REPLY},
    {"origin": Origin.BULK},
    {"trust": Trust.FAIL},
    {"dead_address": True},
    {"history": True},
    {"again": True},
    {"opened": False},
    {"sent_to_address": 9},
    {"sent_to_domain": 99},
    {"alike": 9999},
    {"switched_on": False},
    {"shadow": True},
)
KEPT = (
    "the rule 'lawyers' fits",
    "the rule 'lawyers' says stop",
    "proposed to the agents: the rule 'lawyers' fits",
    "only tried, not sent: the articles 3, 4 fit",
    "cancelled by ana@tienda.test",
    "ana@tienda.test dropped the draft",
    "written by a machine (Auto-Submitted: auto-replied)",
    "it was sent to many (Precedence: bulk)",
    "it went through 80 servers",
    "boletin@gestoria.example is not a person's address",
)


def _is_translated(reason: str) -> bool:
    with speaking("es"):
        return reasons.said(reason) != reason


@pytest.mark.parametrize(("name", "value", "_rule"), [*FORBIDDEN, *DELAYED])
def test_what_is_decided_when_a_mail_leaves(name: str, value: object, _rule: str) -> None:
    said = coordination.judge(replace(NOTHING, **{name: value}))
    assert not isinstance(said, Go)
    # Three facts bring their own sentence, which the next test looks at.
    assert name in ("off", "over_limit", "stopped") or _is_translated(said.reason)


@pytest.mark.parametrize("values", SILENT)
def test_what_is_decided_when_a_mail_arrives(values: dict[str, object]) -> None:
    said = policy.decide(replace(CUSTOMER, **values))
    assert isinstance(said, policy.Silence)
    assert _is_translated(said.reason)


def test_why_a_mail_may_leave() -> None:
    assert _is_translated(Go().reason)


@pytest.mark.parametrize("reason", KEPT)
def test_a_value_in_a_reason_stays_and_its_sentence_is_translated(reason: str) -> None:
    assert _is_translated(reason)
    assert reasons.said(reason)


def test_limits_say_why() -> None:
    sent = [SentMail(MORNING, "suggestion", True, rule="rule:avisos@1")] * 5
    notice = [SentMail(MORNING, "progress", True)]
    for said in (
        over(sent, "suggestion", MORNING, 2),
        over(sent, "suggestion", MORNING, 9),
        over(notice, "progress", MORNING, 9),
        over_rule(sent, "avisos", 1, MORNING),
    ):
        assert _is_translated(said)


def test_a_hostile_reason_is_read_in_one_pass() -> None:
    assert reasons.said("the rule '" + "'" * 100_000) != ""


def test_the_rule_that_told_a_machine_is_translated_too() -> None:
    reason = "written by a machine (it sounds like a machine: 4 seconds after ours)"
    with speaking("es"):
        assert reasons.said(reason).endswith(
            "(suena a contestador: 4 segundos después del nuestro)"
        )
