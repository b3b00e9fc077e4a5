"""What reports count, on both databases: hours, firsts, voices, people on truce."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cases.case import Case
from cases.filing import file
from cases.history import What
from cases.reporting import meaning, people, voices, working
from cases.reporting.scope import Scope
from tests.builders import MORNING, a_mail, an_arrival

WEEK = Scope(MORNING - timedelta(days=3), MORNING + timedelta(days=4), ZoneInfo("Europe/Madrid"))


def _case(session: Session, n: int) -> Case:
    mail = a_mail(f"No llega, {n}", sender=f"c{n}@cliente.example")
    return file(session, an_arrival(mail, minutes=n)).case


def test_who_spoke_first_and_whether_it_held(session: Session) -> None:
    cases = [_case(session, n) for n in range(4)]
    day = timedelta(days=1)
    cases[0].happened(What.AUTOMATIC_REPLY, by="bot", at=MORNING)
    cases[0].happened(What.ANSWERED, by="ana", at=MORNING)
    cases[1].happened(What.ANSWERED, by="ana", at=MORNING)
    cases[2].happened(What.AUTOMATIC_REPLY, by="bot", at=MORNING)
    cases[2].close(by="bot", at=MORNING)
    session.flush()
    found, _before = voices.voices(session, WEEK)
    assert (found.cases, found.bot_first, found.person_first) == (4, 2, 1)
    assert (found.unanswered, found.without_agent, found.back_soon) == (1, 1, 0)
    cases[2].reopen(by="", at=MORNING + day)
    session.flush()
    found, _before = voices.voices(session, WEEK)
    assert (found.back_soon, found.reopened) == (1, 1)


def test_days_and_hours_are_those_of_the_shop(session: Session) -> None:
    late = an_arrival(a_mail("Tarde"), minutes=14 * 60 + 30)
    file(session, late)
    session.flush()
    found, _before = working.volume(session, WEEK)
    assert found.came == {"2026-03-11": 1}
    assert found.week == {(2, 0): 1}


def test_people_who_write_again_and_people_on_truce(session: Session) -> None:
    for n in range(3):
        file(session, an_arrival(a_mail(f"Otra vez {n}"), minutes=n))
    _case(session, 9)
    session.flush()
    assert people.repeats(session, WEEK)[0] == {3: 1, 1: 1}
    assert meaning.types(session, WEEK)[0].keys() == {""}
    assert sum(working.backlog(session, WEEK, MORNING + timedelta(days=2))) >= 2
