"""A worker that died is told by those that live, the one that sends alarms among them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues, signs
from bot.staff_mail.alarms import Alarm, Kind
from cases import clock
from cases.agent import Agent, Role
from cases.db import reading, transaction
from inbox import schema
from inbox.api import jobs
from inbox.api.troubles import look
from inbox.intake.poller import lookout
from tests.builders import MORNING
from tests.databases import forget
from tests.running import running, until
from tests.servers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)


def _missing(session: Session, minutes: float) -> set[str]:
    session.flush()
    found = look(session, MORNING + minutes * MINUTE)
    return {one.about for one in found if one.kind is Kind.WORKER}


def _alive(session: Session, queue: str, *minutes: float) -> None:
    for minute in minutes:
        signs.give(session, queue, MORNING + minute * MINUTE)


def test_whoever_says_nothing_is_missed_by_those_who_live(session: Session) -> None:
    _alive(session, queues.SEND, 0, 1)
    _alive(session, queues.TAG, 0, 1, 2, 3)
    assert _missing(session, 2.4) == set()
    assert _missing(session, 3) == {queues.SEND}
    _alive(session, queues.SEND, 3.1)
    assert _missing(session, 3.2) == set()


def test_after_a_night_in_which_nothing_ran_nobody_is_missed_at_once(session: Session) -> None:
    _alive(session, queues.SEND, 0)
    _alive(session, queues.TAG, 0, 600)
    assert _missing(session, 600.5) == set()
    _alive(session, queues.TAG, 601, 602)
    assert _missing(session, 602) == {queues.SEND}


def test_a_kind_of_worker_that_never_ran_is_not_missed(session: Session) -> None:
    _alive(session, queues.TAG, 0, 1, 2)
    assert _missing(session, 2) == set()


def test_a_poller_that_died_is_missed_by_the_workers(session: Session) -> None:
    _alive(session, signs.POLLER, 0, 1)
    _alive(session, queues.SEND, 0, 1, 2, 3)
    assert _missing(session, 3) == {signs.POLLER}


@pytest.mark.usefixtures("installation")
def test_where_all_workers_died_the_poller_tells_of_them_once(
    monkeypatch: pytest.MonkeyPatch, smtp_sink: SmtpSink
) -> None:
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    monkeypatch.setenv("TREGUA_REDIS_URL", "redis://127.0.0.1:1/0")
    forget()
    began = clock.now()
    _admin()
    for minutes in range(5):
        with clock.at(began + minutes * MINUTE):
            lookout.give_sign()
            with transaction() as session:
                for queue in queues.QUEUES if minutes < 2 else ():
                    signs.give(session, queue, clock.now())
            lookout.look()
            told = {mail.recipients for mail in smtp_sink.mails}
            assert told == (set() if minutes < 3 else {("marta@shop.example",)})
    assert len(smtp_sink.mails) == len(queues.QUEUES)


def _admin() -> None:
    with transaction() as session:
        marta = Agent(
            name="Marta", address="marta@shop.example", role=Role.ADMIN, created_at=clock.now()
        )
        session.add(marta)


def _admin_and_others_at_work() -> None:
    now = clock.now()
    _admin()
    with transaction() as session:
        for minutes in range(4):
            signs.give(session, queues.TAG, now + minutes * MINUTE)


def _is_seen() -> bool:
    with reading() as session:
        return session.get(signs.WorkerSign, queues.SEND) is not None


@pytest.mark.slow
@pytest.mark.usefixtures("installation")
def test_the_death_of_the_worker_that_sends_alarms_is_told_by_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    monkeypatch.setenv("TREGUA_REDIS_URL", "redis://127.0.0.1:1/0")
    forget()
    schema.stamp()
    _admin_and_others_at_work()
    with running(tmp_path, ("work", "send")) as processes:
        until(_is_seen, what="a sign of life")
        jobs.stand_in()
        assert smtp_sink.mails == []
        processes.kill("work", "send")
    with clock.at(clock.now() + 3 * MINUTE):
        jobs.stand_in()
        jobs.stand_in()
    with reading() as session:
        told = [
            one.about for one in session.scalars(select(Alarm).where(Alarm.kind == Kind.WORKER))
        ]
    assert told == [queues.SEND]
    assert [mail.recipients for mail in smtp_sink.mails] == [("marta@shop.example",)]
