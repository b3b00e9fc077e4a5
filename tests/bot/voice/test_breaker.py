"""The fuse: far more automatic mail than usual stops all of it, until a person looks."""

from datetime import timedelta

import pytest

from bot.delivery import claiming
from bot.outbox import OutgoingMail, State
from bot.voice import breaker
from cases import clock
from cases.db import reading, transaction
from tests.bot.test_outbox import queued
from tests.builders import MORNING
from tests.databases import forget

HOUR = timedelta(hours=1)


@pytest.fixture
def nervous(installation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three automatic mails an hour are usual here."""
    monkeypatch.setenv("TREGUA_AUTOMATIC_PER_HOUR", "3")
    monkeypatch.setenv("TREGUA_AUTOMATIC_PER_DOMAIN", "1000")
    forget()


def _left(number: int, at=MORNING) -> bool:
    """So many leave; whether that blew the fuse."""
    with transaction() as session:
        breaker.count(session, number, at)
        session.flush()
        return breaker.tripped(session) is not None


@pytest.mark.usefixtures("nervous")
def test_more_than_usual_by_far_blows_the_fuse_once() -> None:
    assert not _left(3)
    assert _left(1)
    with transaction() as session:
        trip = breaker.tripped(session)
        assert trip is not None
        assert (trip.sent, trip.usual) == (4, 0)


@pytest.mark.usefixtures("nervous")
def test_what_is_usual_grows_with_the_shop() -> None:
    for hour, number in ((0, 3), (1, 3), (2, 3)):
        assert not _left(number, MORNING + hour * HOUR)
    assert not _left(12, MORNING + 3 * HOUR)
    assert _left(1, MORNING + 3 * HOUR)


@pytest.mark.usefixtures("nervous")
def test_after_a_person_looked_twice_as_much_may_leave_in_that_hour() -> None:
    assert _left(4)
    with transaction() as session:
        assert breaker.release(session, by="bea", at=MORNING)
        assert not breaker.release(session, by="bea", at=MORNING)
    assert not _left(4)
    assert _left(1)


@pytest.mark.usefixtures("nervous")
def test_all_that_would_leave_by_itself_waits_and_nothing_is_lost() -> None:
    assert _left(4)
    waits, answer = queued(), queued(automatic=False, key="answer:1")
    assert [mail.id for mail in claiming.claim([waits, answer])] == [answer]
    with reading() as session:
        mail = session.get_one(OutgoingMail, waits)
        assert mail.state is State.PENDING
        assert mail.due_at > clock.now()
        assert mail.reason == breaker.REASON


@pytest.mark.usefixtures("installation")
def test_without_a_limit_nothing_is_abnormal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREGUA_AUTOMATIC_PER_HOUR", "0")
    forget()
    assert not _left(100_000)
