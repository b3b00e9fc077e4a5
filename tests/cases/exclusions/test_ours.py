"""What people of ours and bots wrote or said weighs on the person too, once, at all identifiers."""

from datetime import timedelta

import pytest

from cases import Case, clock
from cases.contact import Identifier, Kind, introduce
from cases.db import reading, transaction
from cases.exclusions import ours, policies, touches
from cases.exclusions.asking import Question
from cases.exclusions.deciding import decide
from cases.mail import Origin
from cases.message import Direction, Message
from cases.pressure import faded
from tests.builders import MORNING

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
NORA, PHONE, OTHER = "nora@x.example", "+34600111222", "otra@x.example"


@pytest.fixture
def nora(installation):
    """A customer with an address and a telephone, and pressure that holds."""
    with clock.at(MORNING), transaction() as session:
        said = {"terms": {"pressure_enforced": True, "pressure_cap": 2}}
        policies.adopt(session, said, what={}, by="a@b.example", why="x", at=MORNING)
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": OTHER, "source": "t", "event_id": "1", "weight": 0.0,
             "campaign_class": "transactional", "sent_at": MORNING - timedelta(days=50)},
        ])  # fmt: skip
        person = introduce(session, NORA, name="Nora", at=MORNING)
        session.flush()
        session.add(Identifier(contact_id=person.id, kind=Kind.PHONE, value=PHONE, original=PHONE))
        case = Case(contact_id=person.id, subject="Hola", opened_at=MORNING - WEEK, bulk=True)
        case.last_at = MORNING
        session.add(case)
        session.flush()
        return case.id


def write(case_id, origin, hours, **values):
    at = MORNING - hours * HOUR
    with clock.at(MORNING), transaction() as session:
        row = Message(case_id=case_id, direction=Direction.OUT, origin=origin, arrived_at=at,
                      **values)  # fmt: skip
        session.add(row)


def weighs(value, kind=Kind.ADDRESS):
    with reading() as session:
        row = session.get(touches.Pressure, (kind, value))
        load = row.load(WEEK) if row is not None else None
        return faded(load.score, MORNING - load.at, WEEK) if load is not None else 0.0


def is_held(value, kind=Kind.ADDRESS):
    with reading() as session:
        found = decide(session, kind, [value], Question(), MORNING).held.get(value)
        return found is not None and found.span.reason == "pressure_cap"


def test_mail_and_talks_of_ours_weigh_on_the_person_and_once(nora):
    write(nora, Origin.AGENT, 1)
    write(nora, Origin.AGENT, 1, rule="interaction: call")
    write(nora, Origin.BOT, 1)
    write(nora, Origin.AGENT, 1, withdrawn_at=MORNING)
    write(nora, Origin.AGENT, 24 * 61)
    assert ours.weigh(MORNING) == 1
    expected = pytest.approx((0.3 + 0.8 + 0.2) * 2 ** (-1 / 168))
    assert weighs(NORA) == expected
    assert weighs(PHONE, Kind.PHONE) == expected
    assert weighs(OTHER) == 0
    # Nothing new, nothing to do; something new, and what was weighed is not weighed twice.
    assert ours.weigh(MORNING) == 0
    write(nora, Origin.BOT, 0)
    assert ours.weigh(MORNING) == 1
    assert weighs(NORA) == pytest.approx(1.3 * 2 ** (-1 / 168) + 0.2)
    assert is_held(NORA)
    assert is_held(PHONE, Kind.PHONE)
    assert not is_held(OTHER)


def test_numbers_that_come_again_are_weighed_again(nora):
    write(nora, Origin.BOT, 1)
    ours.weigh(MORNING)
    with transaction() as session:
        session.get_one(ours.WeighedUpTo, 1).message_id = 1000
    write(nora, Origin.BOT, 0)
    assert ours.weigh(MORNING) == 1
    assert weighs(NORA) == pytest.approx(0.2 + 0.2 * 2 ** (-1 / 168))
    assert ours.weigh(MORNING) == 0


def test_both_sums_press_together(nora):
    write(nora, Origin.AGENT, 2, rule="interaction: call")
    ours.weigh(MORNING)
    assert not is_held(NORA)
    with transaction() as session:
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": NORA, "source": "t", "event_id": "2", "weight": 0.5,
             "campaign_class": "newsletter", "sent_at": MORNING - 50 * HOUR},
        ])  # fmt: skip
    assert is_held(NORA)
    assert not is_held(PHONE, Kind.PHONE)
