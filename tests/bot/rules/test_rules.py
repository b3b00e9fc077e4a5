"""An admin's rules: read from TOML or rows, after the silences, in three modes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import decided, policy, rules
from bot.acting import considering, field_setting
from bot.decided import Decided
from bot.kinds import Mode
from bot.outbox import OutgoingMail
from bot.policy import Reply, Silence, Situation
from bot.registry import proposals
from bot.rules import BadRule, Rule, rulebook
from bot.rules.rulebook import RuleRow
from bot.wording import templates
from bot.wording.templates import MailTemplate, UnknownPlaces
from cases import Case, Message, Origin, Role, correcting
from cases.correcting.correction import Correction, Field
from tests.bot.writing import a_case, an_agent
from tests.builders import MORNING

CALM = Situation(
    Origin.CUSTOMER,
    may_answer=True,
    may_answer_reason="a person wrote",
    sender="ana@cliente.example",
    tagged=True,
    type="fulfil.delivery",
    confidence=0.9,
    sentiment="negative",
    language="es",
    attachments=False,
)


def a_rule(name="own", mode=Mode.SEND, **what) -> Rule:
    return Rule(name, mode, **({"reply": "suggestion"} | what))


def test_a_rule_comes_after_the_silences_and_before_the_acknowledgement():
    assert policy.decide(CALM, [a_rule()]) == Reply(
        "suggestion", "rule:own@0", "the rule 'own' fits"
    )
    for silent in ({"history": True}, {"shadow": True}, {"dead_address": True}, {"again": True}):
        assert isinstance(policy.decide(replace(CALM, **silent), [a_rule()]), Silence)
    assert policy.decide(CALM, []) == policy.decide(CALM)


def test_stop_silences_the_acknowledgement():
    decision = policy.decide(CALM, [a_rule(reply="", stop=True), a_rule("later")])
    assert decision == Silence("rule:own@0", "the rule 'own' says stop")


def test_a_rule_that_only_tries_changes_nothing():
    for mode in (Mode.SHADOW, Mode.DRAFT, Mode.OFF):
        assert policy.decide(CALM, [a_rule(mode=mode)]) == policy.decide(CALM)


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"type": ["fulfil"]}, True),
        ({"type": ["fulfil.delivery"]}, True),
        ({"type": ["money"]}, False),
        ({"confidence_at_least": 0.95}, False),
        ({"sentiment": ["negative"], "language": ["es"]}, True),
        ({"sentiment": ["negative"], "language": ["en"]}, False),
        ({"attachments": False}, True),
        ({"first": False}, False),
        ({"contacts_at_most": 1}, True),
        ({"contacts_at_least": 2}, False),
        ({"origin": ["customer"]}, True),
        ({"tags": ["vip"]}, False),
        ({}, True),
    ],
)
def test_all_conditions_have_to_be_true(when, fits):
    assert a_rule(when=when).fits(CALM) is fits


def test_a_tag_is_the_same_however_it_is_written():
    assert a_rule(when={"tags": ["Órdenes", "VIP"]}).fits(replace(CALM, tags=("vip",)))


def test_what_the_classifier_says_is_not_known_before_it_said_it():
    assert not a_rule(when={"type": ["fulfil"]}).fits(replace(CALM, tagged=False))


def test_a_test_list_is_for_its_senders_alone():
    assert a_rule(only_for=("ana@cliente.example",)).fits(CALM)
    assert not a_rule(only_for=("eva@cliente.example",)).fits(CALM)


def test_rules_are_read_from_toml_in_their_order(tmp_path: Path):
    file = tmp_path / "rules.toml"
    file.write_text(
        '[[bot]]\nname = "x"\n[[rule]]\nname = "a"\nmode = "send"\nreply = "letter"\n'
        'when = { type = ["money"], first = true }\n[[rule]]\nname = "b"\nstop = true\n'
    )
    first, second = rules.read(file)
    assert (first.name, first.mode, dict(first.when)) == (
        "a",
        Mode.SEND,
        {"type": ["money"], "first": True},
    )
    assert (second.mode, second.stop) == (Mode.SHADOW, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[rule]]\n", "has no name"),
        ('[[rule]]\nname = "a"\ndelete = true\n', "nobody knows the key 'delete'"),
        ('[[rule]]\nname = "a"\nmode = "loud"\n', "mode must be one of"),
        ('[[rule]]\nname = "a"\nwhen = { moon = "full" }\n', "nobody knows the condition 'moon'"),
        ('[[rule]]\nname = "a"\nwhen = { first = "yes" }\n', "when.first must be true or false"),
        ('[[rule]]\nname = "a"\nstop = 1\n', "stop must be true or false"),
        ("rule = 3\n", "[[rule]] tables"),
        ("not toml", "not valid TOML"),
    ],
)
def test_a_rule_that_cannot_be_understood_says_where(tmp_path: Path, text: str, says: str):
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(BadRule) as refused:
        rules.read(file)
    assert says in str(refused.value)


def test_every_change_is_a_new_version_and_the_newest_is_in_use(session: Session):
    rulebook.save(session, a_rule(tag=("a",)), by="admin", at=MORNING)
    rulebook.save(session, a_rule("second", mode=Mode.OFF), by="admin", at=MORNING)
    rulebook.save(session, a_rule(tag=("b",)), by="admin", at=MORNING)
    (live,) = rulebook.live(session)
    assert (live.label, live.tag) == ("rule:own@2", ("b",))


def test_a_rule_of_a_newer_version_stops_neither_mail_nor_other_rules(session: Session, caplog):
    rulebook.save(session, a_rule(), by="admin", at=MORNING)
    newer = {**a_rule().as_row(), "when": {"moon": ["full"]}}
    row = RuleRow(name="newer", version=1, mode=Mode.SEND, body=newer, at=MORNING)
    session.add(row)
    session.flush()
    assert [one.name for one in rulebook.live(session)] == ["own"]
    assert "nobody knows the condition 'moon'" in caplog.text


def test_a_template_nobody_can_fill_in_is_refused_and_says_so(session: Session):
    with pytest.raises(BadRule, match="no template 'nothing'"):
        rulebook.save(session, a_rule(reply="nothing"), by="admin", at=MORNING)
    wrong = MailTemplate(
        name="mine", language="es", subject="Hola", body="{{iban}}", by="admin", at=MORNING
    )
    with pytest.raises(UnknownPlaces, match="iban"):
        templates.save(session, wrong)


def _classified(session: Session, **labels: object) -> Case:
    case = a_case(session)
    message = case.messages[0]
    about = replace(CALM, tagged=False, type="", sentiment="", confidence=0.0)
    decided.note(session, message, about, policy.decide(about), at=MORNING)
    message.labels = {"type": "fulfil.delivery", "p": 0.9, "anger": 0.1} | labels
    message.tagged_at, case.type = MORNING, "fulfil.delivery"
    session.flush()
    return case


def test_a_rule_assigns_tags_notes_escalates_and_answers_once(session: Session):
    bea = an_agent(session)
    does = {"assign": bea.address, "tag": ("paquete",), "note": "Ojo", "escalate": True}
    rule = a_rule(when={"type": ["fulfil"]}, reply="letter", **does)
    for language in ("es", "en"):
        text = MailTemplate(
            name="parcel", language=language, subject="x {{number}}", body="Ya va", at=MORNING
        )
        templates.save(session, text)
    rulebook.save(session, replace(rule, reply="parcel"), by="admin", at=MORNING)
    case = _classified(session)
    considering.consider(session, case, MORNING + timedelta(seconds=5))
    session.flush()
    assert case.assignee_id == bea.id
    assert case.labels["tags"] == ["paquete"]
    assert case.urgency == 2.0
    mail = session.scalars(select(OutgoingMail)).one()
    assert (mail.template, mail.rule) == ("parcel", "rule:own@1")
    notes = select(Message).where(Message.rule == "note")
    assert session.scalars(notes).one().text == "Ojo"


def test_a_rule_gives_no_case_to_whoever_cannot_answer_it(session: Session):
    bea = an_agent(session)
    bea.role = Role.AUDITOR
    rule = a_rule(when={"type": ["fulfil"]}, reply="", assign=bea.address)
    rulebook.save(session, rule, by="admin", at=MORNING)
    case = _classified(session)
    considering.consider(session, case, MORNING + timedelta(seconds=5))
    assert case.assignee_id is None


SETS = {"type": "money.refund", "complaint": False, "urgency": "raised", "language": "en"}


def test_a_rule_sets_fields_once_and_the_history_says_which(session: Session):
    rulebook.save(session, a_rule(reply="", set=SETS), by="admin", at=MORNING)
    case = _classified(session)
    case.needs_review = True
    for seconds in (5, 10):
        considering.consider(session, case, MORNING + timedelta(seconds=seconds))
        session.flush()
    assert (case.type, case.complaint, case.needs_review) == ("money.refund", False, False)
    assert (case.urgency, case.language) == (1.0, "en")
    told = [one.data for one in case.events if one.by == "rule:own@1"]
    assert {one["field"]: one["now"] for one in told} == SETS | {"complaint": "no"}
    assert len(told) == len(SETS)
    assert session.scalars(select(Correction)).all() == []


def test_what_an_agent_said_of_the_type_is_not_overruled_by_a_rule(session: Session):
    rulebook.save(session, a_rule(reply="", set=SETS), by="admin", at=MORNING)
    case = _classified(session)
    correcting.correct(
        session, case, Field.TYPE, "fulfil.delivery", by="bea@shop.example", at=MORNING
    )
    considering.consider(session, case, MORNING)
    assert (case.type, case.complaint) == ("fulfil.delivery", True)
    assert case.urgency == 1.0


def test_a_type_that_went_out_of_use_is_refused_and_then_left_alone(session: Session):
    odd = a_rule(reply="", set={"type": "fulfil.no_more"})
    with pytest.raises(BadRule, match=r"no complaint type 'fulfil\.no_more' is in use"):
        rulebook.save(session, odd, by="admin", at=MORNING)
    case = _classified(session)
    field_setting.put(case, odd.set, by=odd.label, at=MORNING)
    assert case.type == "fulfil.delivery"


def test_a_draft_is_proposed_and_nothing_is_sent(session: Session):
    rulebook.save(session, a_rule(mode=Mode.DRAFT, reply="progress"), by="admin", at=MORNING)
    case = _classified(session)
    considering.consider(session, case, MORNING)
    session.flush()
    (draft,) = proposals.drafts(session, case.id)
    assert draft.text.startswith("Hola:")
    assert session.scalars(select(OutgoingMail)).all() == []


def test_a_shadow_is_kept_and_shown(session: Session):
    rulebook.save(session, a_rule(mode=Mode.SHADOW, reply="progress"), by="admin", at=MORNING)
    case = _classified(session)
    considering.consider(session, case, MORNING)
    session.flush()
    kept = session.scalars(select(Decided).where(Decided.rule == "rule:own@1")).one()
    assert kept.reason == "only tried, not done: answer progress"
    assert not kept.reply


def test_an_unknown_value_blocks_the_mail_and_says_so(session: Session):
    rulebook.save(session, a_rule(reply="suggestion", when={"type": ["fulfil"]}), by="", at=MORNING)
    case = _classified(session)
    considering.consider(session, case, MORNING)
    session.flush()
    assert session.scalars(select(OutgoingMail)).all() == []
    note = session.scalars(select(Message).where(Message.rule == "note")).one()
    assert "articles, links" in note.text
