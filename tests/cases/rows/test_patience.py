"""What takes too long is given up on both databases, and the transaction goes on as before."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.db import reading
from cases.rows.patience import Patience, TookTooLong, brief, patient

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
SOON, LATER = timedelta(milliseconds=30), timedelta(seconds=30)


def _gives_up(session: Session, patience: Patience) -> bool:
    with pytest.raises(TookTooLong), patience.attempt(SOON):
        session.execute(text(ENDLESS))
    return session.scalar(text("SELECT 1")) == 1


@pytest.mark.usefixtures("installation")
def test_every_attempt_has_its_own_limit_whatever_became_of_the_one_before() -> None:
    with reading() as session, patient(session) as patience:
        with patience.attempt(LATER, by_the_index=True):
            assert session.scalar(text("SELECT 1")) == 1
        assert _gives_up(session, patience)
        assert _gives_up(session, patience)
        with patience.attempt(LATER):
            assert session.scalar(text("SELECT 1")) == 1


@pytest.mark.usefixtures("installation")
def test_behind_a_guard_everything_may_take_its_time_again() -> None:
    with reading() as session:
        before = _limits(session)
        with pytest.raises(TookTooLong), brief(session, SOON):
            session.execute(text(ENDLESS))
        assert _limits(session) == before
        # As where a search means nothing, after its first words were looked up.
        with pytest.raises(LookupError):
            _means_nothing(session)
        assert _limits(session) == before


def _means_nothing(session: Session) -> None:
    with patient(session) as patience, patience.attempt(LATER, by_the_index=True):
        raise LookupError


def _limits(session: Session) -> list[str | None]:
    """What PostgreSQL is told to do; nothing of it is there on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    names = ("statement_timeout", "enable_seqscan")
    return [session.scalar(text(f"SHOW {name}")) for name in names]
