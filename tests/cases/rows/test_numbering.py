"""Many rows at once are written as one row would be: defaults, numbers and order."""

import pytest
from sqlalchemy import event, select

from cases import Case, Contact, Message, clock
from cases.db import engine, transaction
from cases.mail import Origin
from cases.message import Direction
from cases.rows.numbering import MANY, settle

NUMBER = 3 * MANY


def _a_case(n: int) -> Case:
    now = clock.now()
    contact = Contact(name=f"Ana {n}", created_at=now)
    return Case(subject=f"Pedido {n}", contact=contact, opened_at=now, last_at=now)


def _a_message(case: Case, n: int) -> Message:
    """Every second one says more of itself than the others."""
    more = {"language": "es", "to_tag": True, "to": ["s@t.test"]} if n % 2 else {}
    about = {"direction": Direction.IN, "origin": Origin.CUSTOMER, "arrived_at": clock.now()}
    return Message(case=case, rfc_id=f"m{n}", **about, **more)


def test_what_nobody_said_is_there_before_anything_is_written() -> None:
    one, other = Message(), Message(language="en")
    assert (one.language, other.language, one.to_tag) == ("", "en", False)
    one.to.append("s@t.test")
    assert other.to == []


@pytest.mark.usefixtures("installation")
def test_each_row_has_its_own_number_and_its_own_parent() -> None:
    with transaction() as session:
        for n in range(NUMBER):
            case = _a_case(n)
            session.add_all([case, _a_message(case, n)])
    with transaction() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        assert len({row.id for row in rows}) == NUMBER
        assert [(row.rfc_id, row.case.subject) for row in rows] == [
            (f"m{n}", f"Pedido {n}") for n in range(NUMBER)
        ]
        assert [row.language for row in rows[:2]] == ["", "es"]
        session.add(_a_case(NUMBER))
    with transaction() as session:
        assert len(session.scalars(select(Case)).all()) == NUMBER + 1


@pytest.mark.usefixtures("installation")
def test_rows_that_say_different_things_still_go_in_one_statement() -> None:
    said: list[str] = []
    with transaction() as session:
        for n in range(NUMBER):
            case = _a_case(n)
            session.add_all([case, _a_message(case, n)])
        listen = event.listens_for(engine(), "before_cursor_execute")
        listen(lambda _c, _cursor, statement, *_more: said.append(statement))
    inserts = [statement for statement in said if statement.startswith("INSERT INTO message")]
    assert len(inserts) == 1


@pytest.mark.usefixtures("installation")
def test_rows_have_numbers_before_they_are_written_and_later_ones_get_others() -> None:
    with transaction() as session:
        case = _a_case(0)
        session.add_all([case, message := _a_message(case, 0)])
        settle(session)
        assert message.case_id == case.id
        assert case.contact_id == case.contact.id
        session.add_all([later := _a_case(1), _a_message(later, 1)])
    with transaction() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        assert [(row.id, row.case.subject) for row in rows] == [
            (message.id, "Pedido 0"),
            (message.id + 1, "Pedido 1"),
        ]
