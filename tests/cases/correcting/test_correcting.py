"""People correct what the classifier said, take it back, and what stands is learned from."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from cases import Case, Contact, Message, Origin, correcting, course
from cases.correcting import AlreadyUndone, Superseded, taught
from cases.correcting.correction import Correction, Field
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import Exclusion
from cases.message import Direction

MORNING = datetime(2026, 3, 10, 9, tzinfo=UTC)
ANA, BEA = "ana@tienda.test", "bea@tienda.test"


def hour(n):
    return MORNING + timedelta(hours=n)


@pytest.fixture
def case(session):
    contact = Contact(name="Luz", created_at=MORNING)
    case = Case(subject="Hola", contact=contact, opened_at=MORNING, last_at=MORNING)
    case.type, case.sentiment, case.anger, case.needs_review = (
        "info.question",
        "negative",
        2.0,
        True,
    )
    session.add_all([contact, case])
    session.flush()
    for n, (text, mood) in enumerate([("No llega", "neutral"), ("¡Ya está bien!", "negative")]):
        labels = {"type": "info.question", "sentiment": mood, "anger": float(n), "model": "1.0-a"}
        message = Message(
            case=case,
            direction=Direction.IN,
            origin=Origin.CUSTOMER,
            subject="Hola",
            new_text=text,
            language="es",
            arrived_at=hour(n),
            labels=labels,
        )
        session.add(message)
    session.flush()
    return case


def correct(session, case, field, value, *, by=ANA, at=MORNING):
    return correcting.correct(session, case, field, value, by=by, at=at)


def test_a_type_is_taught_by_the_first_mail_and_a_mood_by_the_newest(session, case):
    correct(session, case, Field.TYPE, "fulfil.delivery")
    correct(session, case, Field.MOOD, "neutral")
    first, second = taught.taught(session)
    assert (first.text, first.type, first.mood) == ("No llega", "fulfil.delivery", "")
    assert (second.text, second.type, second.mood) == ("¡Ya está bien!", "", "neutral")
    assert taught.count(session) == 2


def test_the_same_said_twice_is_one_correction(session, case):
    rows = {correct(session, case, Field.TYPE, "fulfil.delivery").id for _ in range(3)}
    assert len(rows) == 1
    assert correct(session, case, Field.TYPE, "fulfil.delivery", by=BEA).id not in rows


def test_undoing_puts_back_everything_that_was_there(session, case):
    made = correct(session, case, Field.TYPE, "fulfil.delivery")
    assert (case.needs_review, case.complaint) == (False, True)
    correcting.undo(session, case, made, by=ANA, at=hour(3))
    assert (case.type, case.type_by, case.needs_review) == ("info.question", "", True)
    assert taught.taught(session) == []
    with pytest.raises(AlreadyUndone):
        correcting.undo(session, case, made, by=ANA, at=hour(4))


def test_only_the_newest_correction_can_be_taken_back(session, case):
    first = correct(session, case, Field.TYPE, "fulfil.delivery")
    second = correct(session, case, Field.TYPE, "money.refund", by=BEA)
    with pytest.raises(Superseded):
        correcting.undo(session, case, first, by=ANA, at=hour(3))
    correcting.undo(session, case, second, by=BEA, at=hour(3))
    assert (case.type, case.type_by) == ("fulfil.delivery", ANA)
    assert [one.type for one in taught.taught(session)] == ["fulfil.delivery"]


def test_a_mood_changes_the_course_of_the_case_and_back(session, case):
    made = correct(session, case, Field.MOOD, "positive")
    found = course.read(case.course)
    assert (found.start.sentiment, found.now.sentiment, case.anger) == ("neutral", "positive", 0.0)
    correcting.undo(session, case, made, by=ANA, at=hour(3))
    assert course.read(case.course).now.sentiment == "negative"
    assert (case.sentiment, case.anger) == ("negative", 2.0)
    assert "sentiment_by" not in case.labels


def test_nothing_that_an_erased_person_wrote_is_learned(session, case):
    correct(session, case, Field.TYPE, "fulfil.delivery")
    session.add(
        Exclusion(
            contact_id=case.contact_id,
            reason=Reason.ERASED,
            severity=Severity.HARD,
            starts_at=MORNING,
            origin="admin",
            created_at=MORNING,
        )
    )
    session.flush()
    assert taught.taught(session) == []


def test_who_deletes_a_mail_deletes_what_it_taught(session, case):
    correct(session, case, Field.TYPE, "fulfil.delivery")
    session.flush()
    session.execute(delete(Message).where(Message.case_id == case.id))
    assert session.query(Correction).count() == 0
