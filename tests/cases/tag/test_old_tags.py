"""Cases that rules put tags on before there was a table of them are found by these tags too."""

import pytest
from sqlalchemy import select, update

from cases import Case, Contact, catching_up, clock
from cases.case import CaseTag
from cases.db import reading, transaction
from cases.tag import case_tags, old_tags


@pytest.fixture
def of_before(installation):
    """Five cases as an earlier version left them, the third without tags; their numbers."""
    with transaction() as session:
        at = clock.now()
        session.add(contact := Contact(created_at=at))
        cases = [
            Case(subject="Vieja", contact=contact, opened_at=at, last_at=at) for _n in range(5)
        ]
        session.add_all(cases)
        session.flush()
        numbers = [case.id for case in cases]
        for number in (*numbers[:2], *numbers[3:]):
            labels = {"tags": ["Envío", "envio", "#vip", "x" * 50], "language": "es"}
            session.execute(update(Case).where(Case.id == number).values(labels=labels))
    return numbers


def found(word):
    with reading() as session:
        query = select(Case.id).where(case_tags.having(word)).order_by(Case.id)
        return list(session.scalars(query))


def left():
    with reading() as session:
        return session.get_one(catching_up.CatchUp, "tags").below


def test_the_newest_are_found_first_and_all_of_them_in_the_end(of_before, monkeypatch):
    monkeypatch.setattr(old_tags, "_AT_ONCE", 2)
    monkeypatch.setattr(old_tags, "_MOST", 1)
    first, second, _plain, fourth, fifth = of_before
    assert found("envio") == []
    old_tags.catch_up()
    assert found("envio") == [fourth, fifth]
    for _n in range(3):
        old_tags.catch_up()
    assert found("ENVÍO") == found("vip") == [first, second, fourth, fifth]
    with reading() as session:
        kept = session.scalars(select(CaseTag.tag).where(CaseTag.case_id == first))
        assert set(kept) == {"envío", "vip"}
    assert left() == 1


def _killed_after_a_batch():
    with transaction() as session:
        old_tags._batch(session)
        raise KeyboardInterrupt


def test_what_was_half_done_is_done_again_and_what_changed_since_is_left_alone(of_before):
    fifth = of_before[-1]
    with transaction() as session:
        case = session.get_one(Case, fifth)
        case_tags.put(session, case, ["nueva"], by="ana@tienda.test", at=clock.now())
    with pytest.raises(KeyboardInterrupt):
        _killed_after_a_batch()
    assert found("vip") == []
    old_tags.catch_up()
    assert found("vip") == [*of_before[:2], of_before[3]]
    assert found("nueva") == [fifth]
