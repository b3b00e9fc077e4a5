"""What became of each mail is written with the next one's step, and each step is for keeps."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from bot.delivery import claiming
from bot.delivery.recording import Ledger
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.case import take
from cases.db import Base, engine, make_engine, reading, transaction
from tests.bot.test_outbox import queued, state_of
from tests.bot.writing import a_person_answers
from tests.databases import forget, settle_in


@contextmanager
def _counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine(), "before_cursor_execute", note)


def _claimed(number: int) -> list[OutgoingMail]:
    return claiming.claim([queued() for _ in range(number)])


@pytest.mark.usefixtures("installation")
def test_between_two_mails_on_the_wire_there_is_one_statement():
    mails = _claimed(4)
    with _counted() as said, closing(Ledger()) as ledger:
        for mail in mails:
            assert ledger.goes_out(mail)
            assert state_of(mail.id) is State.DATA_SENT
            ledger.settle(mail, State.ACCEPTED, "250 ok")
    assert len([one for one in said if one.startswith("UPDATE")]) == len(mails) + 1
    assert [state_of(mail.id) for mail in mails] == [State.ACCEPTED] * 4
    with reading() as session:
        kept = session.scalars(select(OutgoingMail)).all()
        assert {(one.receipt, one.last_error) for one in kept} == {("250 ok", "")}
        assert all(one.settled_at is not None for one in kept)


@pytest.mark.usefixtures("installation")
def test_each_mail_keeps_its_own_fate_whatever_became_of_those_before():
    later, never, taken, unknown = mails = _claimed(4)
    fates = (State.DEFERRED, State.REJECTED, State.ACCEPTED, State.UNCERTAIN)
    with closing(Ledger()) as ledger:
        for mail, fate in zip(mails, fates, strict=True):
            if mail is not later:
                assert ledger.goes_out(mail)
            ledger.settle(mail, fate, f"said of {fate}")
    assert tuple(state_of(mail.id) for mail in mails) == fates
    with reading() as session:
        waits = session.get_one(OutgoingMail, later.id)
        assert waits.due_at > clock.now() + timedelta(minutes=4)
        assert (waits.last_error, waits.settled_at) == ("said of deferred", None)
        for mail in (never, unknown):
            assert session.get_one(OutgoingMail, mail.id).last_error.startswith("said of ")
        assert session.get_one(OutgoingMail, taken.id).receipt == "said of accepted"


@pytest.mark.usefixtures("installation")
def test_the_last_mail_is_settled_though_the_next_one_must_not_leave():
    first, second = _claimed(2)
    with closing(Ledger()) as ledger:
        assert ledger.goes_out(first)
        ledger.settle(first, State.ACCEPTED, "250 ok")
        with transaction() as session:
            a_person_answers(session, take(session, second.case_id), clock.now())
        assert not ledger.goes_out(second)
        assert state_of(first.id) is State.ACCEPTED
        assert state_of(second.id) is State.CANCELLED


def test_a_database_that_was_started_anew_between_two_mails_is_asked_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settle_in(monkeypatch, postgres_url, tmp_path)
    made = make_engine(postgres_url)
    Base.metadata.create_all(made)
    first, second = _claimed(2)
    with closing(Ledger()) as ledger:
        assert ledger.goes_out(first)
        ledger.settle(first, State.ACCEPTED, "250 ok")
        with made.begin() as other:
            others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            there = f"{others} AND datname = current_database()"
            other.execute(text(f"SELECT pg_terminate_backend(pid) {there}"))
        assert ledger.goes_out(second)
        ledger.settle(second, State.ACCEPTED, "250 ok")
    made.dispose()
    assert [state_of(mail.id) for mail in (first, second)] == [State.ACCEPTED] * 2
    forget()
