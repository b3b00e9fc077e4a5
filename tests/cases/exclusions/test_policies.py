"""The policy in force: what can be changed, what it does to followers, and numbers of people."""

from datetime import timedelta
from threading import Event, Thread

import pytest

from cases import Exclusion, clock
from cases.contact import introduce
from cases.db import transaction
from cases.exclusions import feed, numbers
from cases.exclusions.matrix import Action, CampaignClass, Hold, action, may_become, policy
from cases.exclusions.policies import (
    NotAllowed,
    adopt,
    current,
    in_force,
    of,
    reset,
    to_change,
    with_cell,
    with_term,
)
from cases.exclusions.reasons import RULES, Group, Reason, Severity
from tests.builders import MORNING

C, DAY = CampaignClass, timedelta(days=1)


def test_a_decision_changes_one_cell_and_hard_holds_stay():
    content = with_cell({}, C.NEWSLETTER, Reason.OPEN_CASE, Action.ALLOW)
    changes = of(content).changes
    soft, hard = (Hold(Reason.OPEN_CASE, one) for one in (Severity.SOFT, Severity.HARD))
    assert action(soft, C.NEWSLETTER, "", changes) is Action.ALLOW
    assert action(hard, C.NEWSLETTER, "", changes) is Action.EXCLUDE
    assert action(soft, C.PROMOTIONAL, "", changes) is Action.EXCLUDE
    assert policy(changes) != policy()
    back = with_cell(content, C.NEWSLETTER, Reason.OPEN_CASE, Action.EXCLUDE)
    assert back == {"matrix": {}}


@pytest.mark.parametrize("one", [C.TRANSACTIONAL, C.SAFETY_LEGAL])
def test_what_law_and_service_need_cannot_be_changed(one):
    assert all(len(may_become(one, reason)) == 1 for reason in Reason)


def test_what_the_person_decided_cannot_be_loosened():
    for reason, rule in RULES.items():
        if rule.group is Group.CONSENT:
            assert may_become(C.PROMOTIONAL, reason) == (Action.EXCLUDE,)
    assert may_become(C.SERVICE_NOTICE, Reason.OPT_OUT_HEARD) == (Action.ALLOW,)


@pytest.mark.parametrize(
    ("name", "value"),
    [("truce_after_closing", -1), ("pressure_half_life", 0), ("pressure_cap", 0),
     ("trusted_servers", 1), ("truce_after_claim", 10**6)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(name, value):
    with pytest.raises(NotAllowed):
        with_term({}, name, value)


def test_another_matrix_begins_a_new_epoch_and_other_times_do_not(session):
    before = feed.lock(session).epoch
    said = {"what": {}, "by": "a@b.example", "why": "x", "at": MORNING}
    adopt(session, with_term(current(session), "pressure_cap", 5), **said)
    assert feed.head(session).epoch == before
    assert in_force(session).chosen.pressure_cap == 5
    adopt(session, with_cell(current(session), C.SURVEY, Reason.MANUAL, Action.REVIEW), **said)
    assert feed.head(session).epoch != before
    assert in_force(session).version == 2
    reset(session, by="a@b.example", why="x", at=MORNING)
    assert in_force(session).changes == {}
    assert in_force(session).chosen.pressure_cap == 3


def test_numbers_of_people_on_truce(installation):
    now = MORNING
    with clock.at(now), transaction() as session:
        for n, (reason, days) in enumerate(
            [("manual", 0.5), ("manual", 3), ("bounce_soft", 30), ("unsubscribed_all", None)]
        ):
            person = introduce(session, f"p{n}@x.example", name="", at=now)
            session.flush()
            for starts in (now - n * DAY, now - (n + 1) * DAY):
                until = now + days * DAY if days else None
                session.add(
                    Exclusion(contact_id=person.id, reason=reason, severity="hard", until=until,
                              starts_at=starts, origin="t", created_at=starts)
                )  # fmt: skip
        introduce(session, "free@x.example", name="", at=now)
        session.flush()
        assert numbers.everybody(session, now) == (4, 5)
        by_group = numbers.by_group(session, now)
        assert by_group == {Group.CARE: 2, Group.DELIVERABILITY: 1, Group.CONSENT: 1}
        free = numbers.releases(session, now)
        assert (free.in_a_day, free.in_a_week) == (1, 2)
        assert numbers.median_age(session, now, 4) == 2 * DAY
        trend = [count for _at, count in numbers.trend(session, now)]
        assert (trend[-1], trend[-3], trend[0]) == (4, 3, 0)


def test_two_who_decide_at_once_lose_nothing_of_each_other(installation):
    begun = Event()

    def decide(name, session):
        after = with_term(to_change(session), name, 5)
        adopt(session, after, what={}, by="a@b.example", why="x", at=MORNING)

    def decide_too():
        begun.set()
        with transaction() as session:
            decide("truce_after_talk", session)

    other = Thread(target=decide_too)
    with transaction() as session:
        to_change(session)
        other.start()
        begun.wait(60)
        decide("pressure_cap", session)
    other.join(60)
    with transaction() as session:
        assert set(current(session)["terms"]) == {"truce_after_talk", "pressure_cap"}
