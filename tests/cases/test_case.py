"""The verbs of a case, and what they do to its promises."""

from datetime import timedelta

import pytest

from cases import Case, snoozing
from cases.case import AlreadyClosed, NotClosed, take
from cases.db import reading, transaction
from cases.filing import file
from tests.builders import MORNING, an_arrival

BEA = "bea@tienda.example"


def _filed() -> int:
    with transaction() as session:
        return file(session, an_arrival("No llega")).case.id


@pytest.mark.usefixtures("installation")
def test_a_closure_taken_back_restores_the_promise_which_paused_meanwhile() -> None:
    case_id = _filed()
    with reading() as session:
        due = session.get_one(Case, case_id).due_at
    with transaction() as session:
        take(session, case_id).close(by=BEA, at=MORNING + timedelta(minutes=1))
    with reading() as session:
        assert session.get_one(Case, case_id).due_at is None
    with transaction() as session:
        take(session, case_id).reopen(by=BEA, at=MORNING + timedelta(minutes=2))
    with reading() as session:
        case = session.get_one(Case, case_id)
        assert case.waiting_since == MORNING
        # 18:00 of that day plus the minute that it was closed: the first of the next morning.
        assert due == MORNING.replace(hour=17)
        assert case.due_at == MORNING.replace(day=11, hour=8, minute=1)


@pytest.mark.usefixtures("installation")
def test_nothing_is_closed_or_reopened_twice() -> None:
    case_id = _filed()
    with transaction() as session:
        case = take(session, case_id)
        with pytest.raises(NotClosed):
            case.reopen(by=BEA, at=MORNING)
        case.close(by=BEA, at=MORNING)
        with pytest.raises(AlreadyClosed):
            case.close(by=BEA, at=MORNING)


@pytest.mark.usefixtures("installation")
def test_a_case_that_was_closed_lies_aside_no_longer() -> None:
    case_id, monday = _filed(), MORNING + timedelta(days=6)
    with transaction() as session:
        case = take(session, case_id)
        snoozing.snooze(case, monday, by=BEA, at=MORNING)
        case.close(by=BEA, at=MORNING + timedelta(minutes=1))
        case.unread = False
    assert snoozing.wake_due(monday) == 0
    with transaction() as session:
        case = take(session, case_id)
        case.reopen(by=BEA, at=monday)
        assert (case.snoozed_at, case.unread) == (None, False)
