"""Who has an open case in which nothing happens is asked about it, since marketing waits for it."""

from datetime import timedelta

from sqlalchemy import select

from bot.staff_mail import notifying
from bot.staff_mail.notifying import Kind, Notification
from cases import Event, What, clock, quiet
from cases.case import State, take
from cases.db import reading, transaction
from tests.bot.writing import a_case, an_agent
from tests.builders import MORNING
from tests.meanwhile import ON_POSTGRESQL, meanwhile

DAY = timedelta(days=1)


def asked(session, days):
    now = MORNING + days * DAY
    with clock.at(now):
        count = quiet.ask(session, now)
        session.flush()
        notifying.tell(session, session.scalars(select(Event).order_by(Event.id)).all())
        session.flush()
    told = session.scalars(select(Notification).where(Notification.kind == Kind.QUIET))
    return count, [one.agent_id for one in told]


def test_the_owner_of_a_quiet_case_is_asked_and_asked_again_two_weeks_later(session):
    case, bea = a_case(session), an_agent(session)
    case.last_at = MORNING
    case.assign(bea.id, by=bea.address, at=MORNING)
    assert asked(session, 13) == (0, [])
    assert asked(session, 15) == (1, [bea.id])
    assert asked(session, 16) == (0, [bea.id])
    assert asked(session, 30) == (1, [bea.id, bea.id])
    assert "marketing waits for it" in notifying.sentence(Kind.QUIET, case.id)


def test_nobody_is_asked_about_what_is_closed_laid_aside_or_nobodys(session):
    bea = an_agent(session)
    closed, aside, nobodys, lively = (a_case(session) for _ in range(4))
    for case in (closed, aside, nobodys, lively):
        case.last_at = MORNING
        if case is not nobodys:
            case.assignee_id = bea.id
    closed.state = State.CLOSED
    aside.snoozed_until = MORNING + 60 * DAY
    lively.happened(What.NOTED, by=bea.address, at=MORNING + 20 * DAY)
    assert asked(session, 25) == (0, [])


@ON_POSTGRESQL
def test_two_workers_who_look_at_once_ask_once_and_not_who_is_at_work(installation):
    with transaction() as session:
        case = a_case(session)
        case.last_at, case.assignee_id = MORNING, an_agent(session).id
        worked_on = a_case(session, sender="eva@cliente.example")
        worked_on.last_at, worked_on.assignee_id = MORNING, case.assignee_id
        session.flush()
        number, other = case.id, worked_on.id

    def look():
        with transaction() as session:
            quiet.ask(session, MORNING + 15 * DAY)

    with meanwhile(look, look) as both_look, transaction() as session:
        take(session, other)
        both_look()
    with reading() as session:
        asked_about = select(Event.case_id).where(Event.what == What.QUIET)
        assert session.scalars(asked_about).all() == [number]
