"""Many rows go in by COPY, and are what single ones would be."""

import pytest
from sqlalchemy import insert, select

from cases import Contact, clock
from cases.db import transaction, write_at_end
from cases.history import Event, What
from cases.rows.copying import MANY

HOSTILE = "tab\there, line\nbreak, back\\slash, \\N and \\."


@pytest.mark.usefixtures("installation")
def test_whatever_stands_in_a_text_comes_back_as_it_was() -> None:
    now = clock.now()
    with transaction() as session:
        rows = [
            {"name": f"{n} {HOSTILE}", "nps": n or None, "created_at": now} for n in range(MANY)
        ]
        session.execute(insert(Contact).execution_options(render_nulls=True), rows)
    with transaction() as session:
        found = session.scalars(select(Contact).order_by(Contact.id)).all()
    assert [one.name for one in found] == [row["name"] for row in rows]
    assert [one.nps for one in found] == [row["nps"] for row in rows]
    assert {(one.created_at, one.vip) for one in found} == {(now, False)}


@pytest.mark.usefixtures("installation")
def test_a_row_for_the_end_is_written_with_the_transaction_or_not_at_all() -> None:
    with pytest.raises(ZeroDivisionError):
        _write_and_fail()
    with transaction() as session:
        assert session.scalars(select(Event)).all() == []


def _write_and_fail() -> None:
    row = {"case_id": 1, "what": What.NOTED, "at": clock.now(), "by": "", "data": {}}
    with transaction() as session:
        write_at_end(session, Event, row)
        raise ZeroDivisionError
