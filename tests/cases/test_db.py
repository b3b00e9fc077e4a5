"""Transactions: everything inside happens, or nothing does, and what follows comes after."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from cases import Contact, clock
from cases.db import afterwards, make_engine, reading, scratch, transaction
from tests.builders import MORNING


def _fail_inside() -> None:
    with transaction() as session:
        session.add(Contact(name="Ana", created_at=MORNING))
        session.flush()
        raise ZeroDivisionError


@pytest.mark.usefixtures("installation")
def test_a_failure_leaves_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_inside()
    with reading() as session:
        assert session.scalars(select(Contact)).all() == []


@pytest.mark.usefixtures("installation")
def test_what_comes_afterwards_sees_the_commit() -> None:
    seen: list[int] = []

    def look() -> None:
        with reading() as session:
            seen.append(len(session.scalars(select(Contact)).all()))

    with transaction() as session:
        session.add(Contact(name="Ana", created_at=MORNING))
        afterwards(session, look)
        assert seen == []
    assert seen == [1]


@pytest.mark.usefixtures("installation")
def test_what_fails_afterwards_takes_nothing_back(caplog: pytest.LogCaptureFixture) -> None:
    with transaction() as session:
        session.add(Contact(name="Ana", created_at=MORNING))
        afterwards(session, lambda: 1 / 0)
    with reading() as session:
        assert len(session.scalars(select(Contact)).all()) == 1
    assert "sweep" in caplog.text


@pytest.mark.usefixtures("installation")
def test_an_instant_comes_back_in_utc_whatever_zone_it_had() -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with transaction() as session:
        session.add(Contact(name="Ana", created_at=summer))
    with reading() as session:
        found = session.scalars(select(Contact)).one().created_at
    assert found == summer
    assert found.tzinfo is UTC


@pytest.mark.usefixtures("installation")
def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001  the point of the test
    with pytest.raises(StatementError, match="without time zone"), transaction() as session:
        session.add(Contact(name="Ana", created_at=naive))


def test_a_scratch_database_keeps_nothing() -> None:
    with scratch() as session:
        session.add(Contact(name="Ana", created_at=clock.now()))
        session.flush()
    with scratch() as session:
        assert session.scalars(select(Contact)).all() == []


def test_what_fails_in_the_database_says_nothing_of_people(installation: str) -> None:
    with pytest.raises(DBAPIError) as failed, transaction() as session:
        session.execute(text("SELECT :name FROM nowhere"), {"name": "ana@cliente.example"})
    assert "nowhere" in str(failed.value)
    assert "ana@" not in str(failed.value)


def test_a_machine_that_is_gone_is_noticed(postgres_url: str) -> None:
    # By default it would take two hours, and whoever was at it would hold its locks for so long.
    made = make_engine(postgres_url)
    with made.connect() as connection:
        said = connection.connection.driver_connection.info.get_parameters()
    made.dispose()
    assert int(said["connect_timeout"]) <= 10
    assert int(said["keepalives_idle"]) + 3 * int(said["keepalives_interval"]) <= 60
