"""Which reasons hold back which campaign class."""

import pytest

from cases.exclusions.matrix import MATRIX, Action, CampaignClass, Hold, action, policy
from cases.exclusions.reasons import RULES, Group, Reason, Severity

C = CampaignClass


def does(reason, campaign_class, topic="", **values):
    return action(Hold(reason, RULES[reason].severity, **values), campaign_class, topic)


def test_every_reason_has_a_row_and_every_class_a_column():
    assert set(RULES) == set(Reason)
    assert set(MATRIX) == set(CampaignClass)


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.VIP])
def test_a_drip_is_stopped_by_everything(reason):
    assert does(reason, C.DRIP) is not Action.ALLOW


@pytest.mark.parametrize("name", [C.PROMOTIONAL, C.NEWSLETTER])
def test_a_talk_stops_drips_alone(name):
    assert does(Reason.PERSONAL_CONTACT, name) is Action.ALLOW


def test_a_survey_may_follow_the_closing():
    assert does(Reason.AFTER_CLOSING, C.SURVEY) is Action.ALLOW
    assert does(Reason.OPEN_CASE, C.SURVEY) is Action.EXCLUDE


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ("money", Action.EXCLUDE),
        ("contract", Action.EXCLUDE),
        ("", Action.EXCLUDE),
        ("fulfil", Action.ALLOW),
    ],
)
def test_a_demand_for_money_waits_while_the_charge_is_disputed(about, found):
    assert does(Reason.OPEN_CASE, C.COLLECTIONS, about=about) is found


def test_an_opt_out_that_was_only_heard_never_silences_service():
    for name in (C.SERVICE_NOTICE, C.TRANSACTIONAL, C.SAFETY_LEGAL, C.COLLECTIONS):
        assert does(Reason.OPT_OUT_HEARD, name) is Action.ALLOW
    for name in (C.PROMOTIONAL, C.NEWSLETTER, C.DRIP):
        assert does(Reason.OPT_OUT_HEARD, name) is Action.EXCLUDE


@pytest.mark.parametrize("reason", [r for r in Reason if RULES[r].group is Group.CARE])
def test_no_care_ever_stops_what_must_reach_the_customer(reason):
    for name in (C.SERVICE_NOTICE, C.TRANSACTIONAL, C.SAFETY_LEGAL):
        assert does(reason, name) is Action.ALLOW


def test_a_warning_of_danger_stops_at_addresses_that_do_not_exist_alone():
    stopped = [reason for reason in Reason if does(reason, C.SAFETY_LEGAL) is not Action.ALLOW]
    assert stopped == [Reason.INVALID_ADDRESS]


def test_who_is_to_be_looked_at_is_told_apart():
    assert does(Reason.INFLUENCER, C.PROMOTIONAL) is Action.REVIEW
    assert does(Reason.VIP, C.PROMOTIONAL) is Action.ALLOW


def test_a_topic_is_refused_alone_unless_the_campaign_names_none():
    refused = {"topics": ("ofertas",)}
    assert does(Reason.UNSUBSCRIBED_TOPIC, C.NEWSLETTER, "novedades", **refused) is Action.ALLOW
    assert does(Reason.UNSUBSCRIBED_TOPIC, C.NEWSLETTER, "ofertas", **refused) is Action.EXCLUDE
    assert does(Reason.UNSUBSCRIBED_TOPIC, C.NEWSLETTER, **refused) is Action.EXCLUDE


def test_the_policy_has_a_digest():
    assert policy() == policy()
    assert len(policy()) == len("sha-256:") + 64
    assert Severity.REVIEW in {rule.severity for rule in RULES.values()}
