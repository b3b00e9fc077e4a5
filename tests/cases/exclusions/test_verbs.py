"""What agents may do to exclusions, and what they may not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Agent, Case, Exclusion, FeedEntry, Role, Trust, clock
from cases.db import reading, transaction
from cases.exclusions import verbs
from cases.exclusions.reasons import Reason
from cases.exclusions.verbs import Set
from cases.filing import file
from cases.message import Message
from tests.builders import MORNING, a_mail, an_arrival

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(MORNING):
        yield


def an_agent(role=Role.AGENT):
    agent = Agent(address=f"{role}@tienda.example", name="Bea", role=role, created_at=MORNING)
    with transaction() as session:
        session.add(agent)
    return agent


def a_case(**labels):
    with transaction() as session:
        case = file(session, an_arrival("No llega")).case
        session.flush()
        if labels:
            message = session.scalars(select(Message)).one()
            message.labels = labels
            case.complaint = True
        return case.id


def living():
    with reading() as session:
        rows = session.scalars(select(Exclusion).where(Exclusion.lifted_at.is_(None)))
        return {row.reason: row.id for row in rows}


def held():
    with reading() as session:
        entry = session.scalars(select(FeedEntry)).one_or_none()
        return [] if entry is None else [hold["reason"] for hold in entry.holds]


def lift(reason, agent):
    with transaction() as session:
        verbs.lift(session, living()[reason], agent=agent, why="called them", at=MORNING)


@pytest.mark.parametrize(
    ("reason", "role", "may"),
    [
        (Reason.OPEN_CASE, Role.AGENT, False),
        (Reason.OPEN_CASE, Role.SUPERVISOR, True),
        (Reason.SLA_BREACH, Role.AGENT, False),
        (Reason.SLA_BREACH, Role.SUPERVISOR, True),
        (Reason.SLA_BREACH, Role.MARKETING, False),
        (Reason.SLA_BREACH, Role.ADMIN, True),
        (Reason.OPEN_CASE, Role.AUDITOR, False),
    ],
)
def test_who_may_lift_what(reason, role, may):
    a_case()
    agent = an_agent(role)
    if may:
        lift(reason, agent)
        assert reason not in held()
    else:
        with pytest.raises(verbs.NotYours):
            lift(reason, agent)
        assert reason in held()


def test_the_owner_of_a_case_may_lift_its_hold_until_the_customer_writes_again():
    case_id, agent = a_case(), an_agent()
    with transaction() as session:
        session.get_one(Case, case_id).assign(agent.id, by=agent.address, at=MORNING)
    lift(Reason.OPEN_CASE, agent)
    with transaction() as session:
        session.get_one(Case, case_id).happened("noted", by=agent.address, at=MORNING)
    assert "open_case" not in held()
    with transaction() as session:
        first = session.scalars(select(Message)).one()
        again = a_mail("¿Y mi pedido?", references=(first.rfc_id,))
        file(session, an_arrival(again, minutes=90))
    assert "open_case" in held()


def test_an_opt_out_that_is_confirmed_becomes_a_refusal():
    a_case(signals=["opt_out"])
    agent = an_agent()
    with transaction() as session:
        verbs.confirm_opt_out(session, living()[Reason.OPT_OUT_HEARD], agent=agent, at=MORNING)
    assert "unsubscribed_all" in held()
    assert "opt_out_heard" not in held()


def test_an_opt_out_that_is_dismissed_is_not_heard_again_from_the_same_mail():
    case_id = a_case(signals=["opt_out"])
    agent = an_agent()
    with transaction() as session:
        verbs.dismiss_opt_out(session, living()[Reason.OPT_OUT_HEARD], agent=agent, at=MORNING)
    with transaction() as session:
        session.get_one(Case, case_id).happened("noted", by="", at=MORNING)
    assert "opt_out_heard" not in held()
    with pytest.raises(KeyError):
        lift(Reason.OPT_OUT_HEARD, agent)


def test_a_hold_by_hand_has_a_note_and_an_end():
    case_id = a_case()
    with transaction() as session:
        contact_id = session.get_one(Case, case_id).contact_id
        for wrong in (Set(Reason.MANUAL), Set(Reason.MANUAL, until=MORNING, note="x")):
            with pytest.raises(verbs.NeedsAnEnd):
                verbs.exclude(session, contact_id, wrong, by="bea", at=MORNING)
        with pytest.raises(verbs.FollowsFromState):
            verbs.exclude(session, contact_id, Set(Reason.OPEN_CASE), by="bea", at=MORNING)
        wish = Set(Reason.MANUAL, until=MORNING + timedelta(days=3), note="in mourning")
        verbs.exclude(session, contact_id, wish, by="bea", at=MORNING)
    assert "manual" in held()


def test_what_was_lifted_cannot_be_lifted_again():
    a_case()
    agent = an_agent(Role.ADMIN)
    row = living()[Reason.OPEN_CASE]
    lift(Reason.OPEN_CASE, agent)
    with transaction() as session, pytest.raises(verbs.AlreadyLifted):
        verbs.lift(session, row, agent=agent, why="", at=MORNING)


def test_a_wave_of_forged_mails_is_lifted_at_once():
    with transaction() as session:
        for n in range(5):
            mail = a_mail("No llega", sender=f"c{n}@cliente.example", trust=Trust.FAIL)
            file(session, an_arrival(mail))
    assert set(living()) == {Reason.PROVISIONAL}
    agent = an_agent()
    with transaction() as session:
        assert verbs.provisional_wave(session, since=MORNING) == 5
        assert verbs.lift_wave(session, since=MORNING, agent=agent, at=MORNING) == 5
    assert living() == {}
