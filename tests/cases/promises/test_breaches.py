"""Breaches and warnings are noticed once each, within a minute, whatever dies meanwhile."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from cases import Case, Event, What, clock
from cases.case import take
from cases.db import reading, statements, transaction
from cases.filing import file, file_all
from cases.filing.arrival import Belief
from cases.promises import Mark, PromiseMark, breaches
from cases.sla import book
from tests.builders import MORNING, a_mail, an_arrival
from tests.meanwhile import ON_POSTGRESQL

pytestmark = pytest.mark.usefixtures("installation")
HOUR = timedelta(hours=1)
BEA = "bea@tienda.example"
SWEEP = "import sys; from cases import clock; from cases.promises import breaches\n"
SWEEP += "from datetime import datetime\n"
SWEEP += "with clock.at(datetime.fromisoformat(sys.argv[1])): breaches.sweep(at_most=5)\n"


def hour(at: float) -> datetime:
    return MORNING + at * HOUR


def a_case(n: int = 0, minutes: float = 0) -> int:
    with clock.at(MORNING), transaction() as session:
        mail = a_mail("No llega", sender=f"c{n}@cliente.example")
        return file(session, an_arrival(mail, minutes=minutes)).case.id


def events(what: What) -> list[Event]:
    with reading() as session:
        return list(session.scalars(select(Event).where(Event.what == what).order_by(Event.id)))


def marks() -> list[tuple[Mark, datetime]]:
    with reading() as session:
        return [(one.mark, one.at) for one in session.scalars(select(PromiseMark))]


def sweep(at: datetime) -> int:
    with clock.at(at):
        return breaches.sweep()


def carried(case_id: int) -> Case:
    with reading() as session:
        return session.get_one(Case, case_id)


def test_it_is_noticed_in_time_that_a_promise_is_about_to_be_broken():
    case_id = a_case()
    assert carried(case_id).look_at == hour(6)
    assert sweep(hour(6)) == 0
    assert sweep(hour(6.01)) == 1
    assert [one.at for one in events(What.WARNED)] == [hour(6)]
    assert carried(case_id).look_at == hour(8)
    assert sweep(hour(7)) == 0


def test_a_breach_is_an_event_at_its_instant_and_is_noticed_once():
    case_id = a_case()
    for at in (8.001, 8.002, 30):
        sweep(hour(at))
    (event,) = events(What.BREACHED)
    assert event.at == hour(8)
    assert event.data["target"] == "first_response"
    assert carried(case_id).breached_at == hour(8)
    assert carried(case_id).look_at is None
    assert events(What.WARNED) == []


def test_a_late_answer_between_two_sweeps_is_a_breach_all_the_same():
    case_id = a_case()
    with clock.at(hour(8.01)), transaction() as session:
        take(session, case_id).answered(by=BEA, at=hour(8.01))
    assert [one.at for one in events(What.BREACHED)] == [hour(8)]
    assert sweep(hour(9)) == 0
    assert marks() == [(Mark.BROKEN, hour(8))]


def test_a_kept_promise_is_kept_until_the_answer_is_taken_back():
    case_id = a_case()
    with clock.at(hour(1)), transaction() as session:
        take(session, case_id).answered(by=BEA, at=hour(1))
    assert marks() == [(Mark.KEPT, hour(1))]
    with clock.at(hour(1)), transaction() as session:
        take(session, case_id).unanswered(by=BEA, at=hour(1))
    assert marks() == []
    assert carried(case_id).due_at == hour(8)


def test_two_promises_that_fell_due_at_one_instant_are_both_kept():
    case_id = a_case()
    for hours in (11, 12, 13, 13):
        with clock.at(hour(hours)), transaction() as session:
            case = take(session, case_id)
            case.happened(What.MESSAGE_RECEIVED, by="", at=hour(hours), owes=True)
            case.answered(by=BEA, at=hour(hours))
    kept = [at for mark, at in marks() if mark is Mark.KEPT]
    assert kept == [hour(12), hour(13)]
    assert len(events(What.BREACHED)) == 1


def test_mail_that_was_filed_long_after_it_came_is_late_at_once():
    with clock.at(hour(30)), transaction() as session:
        file(session, an_arrival("No llega"))
    assert [one.at for one in events(What.BREACHED)] == [hour(8)]


def test_old_imported_mail_breaks_no_promise():
    with clock.at(hour(30)), transaction() as session:
        case = file(session, an_arrival("Hace mucho", history=True)).case
        session.flush()
        case_id = case.id
    assert sweep(hour(300)) == 0
    assert carried(case_id).look_at is None


def test_each_promise_of_a_case_breaks_by_itself():
    with clock.at(MORNING), transaction() as session:
        times = {"first_response": 3600, "resolution": 2 * 3600, "warn_at": 1.0}
        book.publish(session, "default", times, at=MORNING)
    a_case()
    sweep(hour(5))
    assert {(one.data["target"], one.at) for one in events(What.BREACHED)} == {
        ("first_response", hour(1)),
        ("resolution", hour(2)),
    }


def test_a_clock_that_is_set_back_and_forth_doubles_nothing():
    a_case()
    for at in (8.01, 3, 8.5, 7.9, 8.2, 0.5):
        sweep(hour(at))
    assert len(events(What.BREACHED)) == 1
    assert len(events(What.WARNED)) == 0


def test_a_history_that_cannot_be_read_holds_up_no_other_promise():
    spoilt, other = a_case(1), a_case(2)
    with statements() as connection:
        broken = {"case_id": spoilt, "what": What.CALL_PROMISED, "by": BEA, "at": MORNING}
        connection.execute(insert(Event).values(data={"until": "soon"}, **broken))
    assert sweep(hour(8.1)) == 1
    assert [event.case_id for event in events(What.BREACHED)] == [other]


@ON_POSTGRESQL
def test_the_second_of_two_at_once_reckons_with_what_the_first_wrote():
    case_id = a_case()
    with clock.at(hour(2)), transaction() as stale:
        case = stale.get_one(Case, case_id)
        assert case.events
        with transaction() as other:
            take(other, case_id).answered(by=BEA, at=hour(1))
        # It still believes that nobody answered; what it writes must not undo the answer.
        case.happened(What.MESSAGE_RECEIVED, by="", at=hour(2), owes=True)
    assert carried(case_id).answered_at == hour(1)
    assert carried(case_id).due_at == hour(25)
    assert carried(case_id).waiting_since == hour(2)


def many(count: int) -> list[datetime]:
    """Cases whose promises fall due over four hours; their dues."""
    chance = random.Random(7)
    arrivals = [
        an_arrival(a_mail("No llega", sender=f"c{n}@cliente.example"), minutes=chance.random() * 55)
        for n in range(count)
    ]
    with clock.at(MORNING), transaction() as session:
        filed = file_all(session, arrivals, Belief())
        return sorted(one.case.due_at for one in filed if one.case.due_at is not None)


def assert_noticed_once(count: int, kills: int) -> None:
    dues = many(count)
    at, chance = hour(7.9), random.Random(11)
    for _ in range(kills):
        at += timedelta(seconds=45)
        process = subprocess.Popen([sys.executable, "-c", SWEEP, at.isoformat()])
        time.sleep(chance.uniform(0.6, 1.6))
        os.kill(process.pid, signal.SIGKILL)
        # It was killed, or done before; one that did not even begin would try nothing.
        assert process.wait() in (0, -signal.SIGKILL)
        sweep(at - timedelta(minutes=chance.randrange(0, 90)))
    while at < dues[-1] + timedelta(minutes=2):
        at += timedelta(seconds=55)
        sweep(at)
    with reading() as session:
        rows = session.execute(
            select(PromiseMark.due_at, PromiseMark.noticed_at, PromiseMark.case_id).where(
                PromiseMark.mark == Mark.BROKEN
            )
        ).all()
        told = session.scalar(select(func.count()).where(Event.what == What.BREACHED))
    assert sorted(row.due_at for row in rows) == dues
    assert Counter(row.case_id for row in rows).most_common(1)[0][1] == 1
    assert told == count
    late = sorted(row.noticed_at - row.due_at for row in rows)
    assert late[int(0.99 * len(late))] <= timedelta(seconds=60)


def test_breaches_are_noticed_once_though_who_looks_is_killed():
    assert_noticed_once(30, kills=1)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_a_thousand_breaches_are_noticed_once_each_under_kills_and_clock_steps():
    assert_noticed_once(1000, kills=25)
