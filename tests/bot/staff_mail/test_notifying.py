"""Agents are told once what concerns them, in the way each of them chose."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.staff_mail import StaffMail, notifying
from bot.staff_mail.notifying import Kind, Notification
from cases import Event, Message, What, clock, mention
from cases.mail import Origin
from cases.message import Direction
from tests.bot.writing import a_case, an_agent
from tests.builders import MORNING


@pytest.fixture(autouse=True)
def _at_ten():
    with clock.at(MORNING + timedelta(hours=1)):
        yield


def tell(session) -> list[tuple[Kind, int]]:
    """Read all events, as often as somebody likes."""
    session.flush()
    notifying.tell(session, session.scalars(select(Event).order_by(Event.id)).all())
    session.flush()
    return [(one.kind, one.agent_id) for one in session.scalars(select(Notification))]


def test_who_is_given_a_case_is_told_once_and_who_takes_one_is_not(session) -> None:
    case, bea, carl = a_case(session), an_agent(session), an_agent(session, "Carl")
    case.assign(bea.id, by=bea.address, at=MORNING)
    assert tell(session) == []
    case.assign(carl.id, by=bea.address, at=MORNING)
    assert tell(session) == tell(session) == [(Kind.ASSIGNED, carl.id)]
    assert notifying.unseen(session, carl.id) == 1
    notifying.look_at_all(session, carl.id, at=MORNING)
    assert notifying.unseen(session, carl.id) == 0


def test_a_promise_that_is_about_to_break_is_told_to_whose_case_it_is(session) -> None:
    case, bea = a_case(session), an_agent(session)
    case.happened(What.WARNED, by="sla", at=MORNING, target="first_response", due="")
    assert tell(session) == []
    case.assign(bea.id, by=bea.address, at=MORNING)
    case.happened(What.BREACHED, by="sla", at=MORNING, target="first_response", due="")
    assert (Kind.BREACHED, bea.id) in tell(session)


def test_a_note_that_names_somebody_is_told_to_them_by_mail_if_they_wish(session) -> None:
    case, bea, carl = a_case(session), an_agent(session), an_agent(session, "Carl")
    carl.language = "en"
    notifying.choose(session, carl.id, Kind.MENTIONED, in_page=False, by_mail=True)
    note = Message(case=case, direction=Direction.NOTE, origin=Origin.AGENT, arrived_at=MORNING)
    session.add(note)
    mention.note(session, note, [carl], at=MORNING)
    case.happened(What.NOTED, by=bea.address, at=MORNING)
    assert tell(session) == tell(session) == [(Kind.MENTIONED, carl.id)]
    assert notifying.unseen(session, carl.id) == 0
    (mail,) = session.scalars(select(StaffMail))
    assert mail.recipient == carl.address
    assert f"A note in case {case.id} names you".encode() in mail.content
    assert b"Auto-Submitted" in mail.content
