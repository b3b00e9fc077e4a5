"""The audit log: a chain that shows which line was touched."""

import pytest
from sqlalchemy import delete, select, update

from cases import audit
from cases.audit import Entry
from cases.db import reading, transaction


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
