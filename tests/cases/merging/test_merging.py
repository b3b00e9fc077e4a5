"""Two cases become one, later mail follows, and it can be undone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Case, Event, Part, Participant, State, What, signing
from cases.filing import Filed, file
from cases.merging import AlreadyMerged, NotMerged, SameCase, merge, undo_merge
from tests.builders import MORNING, a_mail, an_arrival

BEA = "bea@tienda.example"
NOON = MORNING + timedelta(hours=3)


def mailed(session: Session, text: str, *, answers: Filed | None = None, **values: object) -> Filed:
    """A mail half an hour after nine, perhaps an answer."""
    references = (answers.message.rfc_id,) if answers else ()
    return file(session, an_arrival(a_mail(text, references=references, **values), minutes=30))


def texts(session: Session, case: Case) -> list[str]:
    session.flush()
    session.expire(case, ["messages"])
    return [message.text for message in case.messages]


def whats(session: Session, case: Case) -> list[What]:
    rows = select(Event.what).where(Event.case_id == case.id).order_by(Event.id)
    return list(session.scalars(rows))


def test_all_messages_go_and_what_comes_later_follows(session: Session) -> None:
    first, second = mailed(session, "No llega"), mailed(session, "Otra vez: no llega")
    merge(session, second.case, first.case, by=BEA, at=NOON)
    later = mailed(session, "¿Y?", answers=second)
    assert later.case is first.case
    assert texts(session, first.case) == ["No llega", "Otra vez: no llega", "¿Y?"]
    assert second.case.state is State.CLOSED


def test_signed_ids_and_addresses_of_the_merged_case_lead_to_the_other(session: Session) -> None:
    first, second = mailed(session, "No llega"), mailed(session, "Tampoco llega")
    merge(session, second.case, first.case, by=BEA, at=NOON)
    ours = signing.new_message_id(second.case.id, "tienda.example")
    assert mailed(session, "Sigo esperando", in_reply_to=(ours,)).case is first.case
    assert mailed(session, "Hola", subject=f"[#{second.case.id}]").case is first.case


def test_undone_each_has_its_own_again_with_what_came_since(session: Session) -> None:
    first, second = mailed(session, "No llega"), mailed(session, "Factura")
    merge(session, second.case, first.case, by=BEA, at=NOON)
    mailed(session, "Falta el IVA", answers=second)
    mailed(session, "Sigue sin llegar", answers=first)
    undo_merge(session, second.case, by=BEA, at=NOON)
    assert texts(session, first.case) == ["No llega", "Sigue sin llegar"]
    assert texts(session, second.case) == ["Factura", "Falta el IVA"]
    assert first.case.is_open
    assert second.case.is_open
    assert second.case.waiting_since == MORNING + timedelta(minutes=30)
    assert mailed(session, "¿Y la factura?", answers=second).case is second.case


def test_closed_cases_are_closed_again_by_the_undo(session: Session) -> None:
    done, fresh = mailed(session, "Resuelto"), mailed(session, "No llega")
    done.case.close(by=BEA, at=MORNING + timedelta(hours=1))
    merge(session, fresh.case, done.case, by=BEA, at=NOON)
    assert done.case.is_open
    assert done.case.waiting_since == MORNING + timedelta(minutes=30)
    undo_merge(session, fresh.case, by=BEA, at=NOON + timedelta(minutes=1))
    assert done.case.state is State.CLOSED
    assert done.case.closed_at == MORNING + timedelta(hours=1)
    assert done.case.due_at is None
    assert fresh.case.is_open


def test_what_was_answered_while_merged_is_not_owed_again(session: Session) -> None:
    first, second = mailed(session, "No llega"), mailed(session, "No llega nada")
    merge(session, second.case, first.case, by=BEA, at=NOON)
    first.case.answered(by=BEA, at=NOON + timedelta(minutes=10))
    undo_merge(session, second.case, by=BEA, at=NOON + timedelta(minutes=20))
    assert second.case.waiting_since is None
    assert first.case.waiting_since is None


def test_people_of_both_take_part_and_contacts_stay(session: Session) -> None:
    first = mailed(session, "No llega")
    second = mailed(session, "Yo también espero", sender="eva@casa.example")
    merge(session, second.case, first.case, by=BEA, at=NOON)
    session.flush()
    rows = select(Participant).where(Participant.case_id == first.case.id)
    parts = {one.address: one.part for one in session.scalars(rows)}
    assert parts["eva@casa.example"] is Part.COPIED
    assert first.case.contact.address == "ana@cliente.example"
    assert second.case.contact.address == "eva@casa.example"
    follow_up = mailed(session, "¿Novedades?", sender="eva@casa.example", answers=second)
    assert follow_up.case is first.case
    undo_merge(session, second.case, by=BEA, at=NOON)
    assert "eva@casa.example" not in {one.address for one in session.scalars(rows)}


def test_merging_goes_to_the_last_of_a_chain(session: Session) -> None:
    a, b, c = (mailed(session, text) for text in ("Uno", "Dos", "Tres"))
    merge(session, b.case, a.case, by=BEA, at=NOON)
    merge(session, c.case, b.case, by=BEA, at=NOON)
    assert texts(session, a.case) == ["Uno", "Dos", "Tres"]
    assert mailed(session, "¿Y?", answers=c).case is a.case


def test_what_cannot_be_is_refused(session: Session) -> None:
    first, second = mailed(session, "Uno"), mailed(session, "Dos")
    with pytest.raises(SameCase):
        merge(session, first.case, first.case, by=BEA, at=NOON)
    with pytest.raises(NotMerged):
        undo_merge(session, first.case, by=BEA, at=NOON)
    merge(session, second.case, first.case, by=BEA, at=NOON)
    with pytest.raises(AlreadyMerged):
        merge(session, second.case, first.case, by=BEA, at=NOON)
    with pytest.raises(SameCase):
        merge(session, first.case, second.case, by=BEA, at=NOON)


def test_both_histories_tell_it(session: Session) -> None:
    first, second = mailed(session, "No llega"), mailed(session, "Factura")
    merge(session, second.case, first.case, by=BEA, at=NOON)
    undo_merge(session, second.case, by=BEA, at=NOON)
    for case in (first.case, second.case):
        told = whats(session, case)
        assert told.index(What.MERGED) < told.index(What.UNDONE)
