"""The audit log: a chain that shows which line was touched."""

import pytest
from sqlalchemy import delete, select, update

from cases import audit
from cases.audit import Entry
from cases.contact import introduce
from cases.db import reading, transaction
from cases.exclusions import feed
from cases.exclusions.changes import note_contact
from tests.builders import MORNING
from tests.meanwhile import ON_POSTGRESQL, meanwhile


def _write(*abouts: str) -> None:
    with transaction() as session:
        for about in abouts:
            audit.note(session, by="ana@tienda.test", what="topic.saved", about=about, n=1)


def _broken() -> int | None:
    with reading() as session:
        return audit.broken(session)


def test_lines_follow_each_other_and_the_chain_holds(installation: str) -> None:
    _write("a", "b")
    _write("ñ")
    with reading() as session:
        lines = session.scalars(select(Entry).order_by(Entry.number)).all()
    assert [(one.number, one.about) for one in lines] == [(1, "a"), (2, "b"), (3, "ñ")]
    assert _broken() is None


def test_what_was_not_committed_is_not_in_it(installation: str) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        audit.note(session, by="x", what="topic.saved", about=1 / 0)
    _write("b")
    with reading() as session:
        assert session.scalars(select(Entry.about)).all() == ["b"]


def test_a_changed_or_missing_line_is_found(installation: str) -> None:
    _write("a", "b", "c", "d")
    with transaction() as session:
        session.execute(update(Entry).where(Entry.number == 3).values(by="nobody"))
    assert _broken() == 3
    with transaction() as session:
        session.execute(delete(Entry).where(Entry.number == 2))
    assert _broken() == 2


@ON_POSTGRESQL
def test_the_chain_comes_after_the_feed_so_nobody_who_changes_both_stops(installation: str) -> None:
    with transaction() as session:
        person = introduce(session, "ana@cliente.example", name="", at=MORNING)
        session.flush()
        number = person.id

    def lifts() -> None:
        with transaction() as session:
            audit.note(session, by="bea", what="hold.lifted", about=number)
            note_contact(session, number)

    with meanwhile(lifts) as another_begins, transaction() as session:
        feed.lock(session)
        audit.note(session, by="admin", what="policy.saved", about=1)
        another_begins()
    with reading() as session:
        whats = session.scalars(select(Entry.what).order_by(Entry.number)).all()
    assert whats == ["policy.saved", "hold.lifted"]
    assert _broken() is None
