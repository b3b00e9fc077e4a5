"""What the classifiers said is written in batches, and each case takes what is its own of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Case, Event, Exclusion, Message, What, clock, incident, tags
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from cases.filing import file
from cases.incident import Incident, IncidentCase
from cases.sla import book
from classifiers.labels import Guess, Sentiment
from tests.builders import a_mail, an_arrival, some_labels
from tests.meanwhile import ON_POSTGRESQL, meanwhile

OTHERS = (Guess("money.refund", 0.05), Guess("other.other", 0.01))
SAID = some_labels(top3=(Guess("fulfil.delivery", 0.9), *OTHERS))
CALM = replace(SAID, type="info.question", complaint=0.1, sentiment=Sentiment.NEUTRAL, anger=0.2)


@pytest.fixture
def written(installation):
    """Ana's case with two messages, and Eva's with one; by number, none is tagged."""
    with transaction() as session:
        first = file(session, _arrival("Ana", "uno@tienda.example")).message
        session.flush()
        second = file(
            session, _arrival("Ana", "dos@tienda.example", references=(first.rfc_id,))
        ).message
        other = file(session, _arrival("Eva", "tres@tienda.example")).message
        session.flush()
        assert first.case_id == second.case_id != other.case_id
        return first.id, second.id, other.id


def _arrival(name, message_id, **more):
    sender, now = f"{name.lower()}@cliente.example", clock.now()
    mail = a_mail(sender=sender, message_id=message_id, sent_at=now, **more)
    return replace(an_arrival(mail), at=now)


def tag(said):
    with transaction() as session:
        tags.write(session, said, clock.now())


def case_of(number):
    with reading() as session:
        return session.get_one(Case, session.get_one(Message, number).case_id)


def test_a_case_takes_the_type_of_its_first_message_and_the_mood_of_its_newest(written):
    first, second, other = written
    before = case_of(first).version
    tag({first: SAID, second: CALM, other: CALM})
    hers, his = case_of(first), case_of(other)
    assert (hers.type, hers.complaint, hers.labels["p"]) == ("fulfil.delivery", True, 0.9)
    assert (hers.sentiment, hers.anger, hers.version) == ("neutral", 0.2, before + 2)
    assert [hers.course[at]["message"] for at in ("start", "worst", "now")] == [
        first,
        first,
        second,
    ]
    assert (his.type, his.complaint) == ("info.question", False)
    with reading() as session:
        kept = session.get_one(Message, second)
        told = session.scalars(select(Event.data).where(Event.what == What.TAGGED)).all()
        held = session.scalars(
            select(Exclusion.about).where(
                Exclusion.reason == Reason.OPEN_CASE, Exclusion.lifted_at.is_(None)
            )
        ).all()
    assert (kept.language, kept.labels["type"], kept.labels["model"]) == ("es", CALM.type, "m1")
    assert [one["type"] for one in told] == [SAID.type, CALM.type, CALM.type]
    assert sorted(held) == ["fulfil", "info"]


def test_what_was_tagged_or_corrected_stays_as_it_is(written):
    first, second, other = written
    tag({first: SAID})
    with transaction() as session:
        session.get_one(
            Case, session.get_one(Message, other).case_id
        ).type_by = "bea@tienda.example"
    tag({first: CALM, second: CALM, other: SAID})
    assert case_of(first).type == SAID.type
    assert case_of(other).type == ""
    with reading() as session:
        assert session.get_one(Message, first).labels["type"] == SAID.type


def test_a_type_brings_its_promise_and_its_incident(written):
    now, day = clock.now(), timedelta(days=1)
    promised = {"type": "fulfil", "first_response": 60}
    snow = Incident(
        title="Nieve", type="fulfil", since=now - day, opened_at=now, opened_by="bea@tienda.example"
    )
    with transaction() as session:
        book.publish(session, "late", promised, at=now - day)
        incident.begin(session, snow)
    first, _second, other = written
    was = case_of(first).due_at
    tag({first: SAID, other: CALM})
    assert case_of(first).due_at < was
    with reading() as session:
        linked = session.scalars(select(IncidentCase.case_id)).all()
    assert linked == [case_of(first).id]


@ON_POSTGRESQL
def test_two_who_classify_the_same_mail_at_once_say_it_once(written):
    first, second, _other = written

    def classify():
        tag({first: SAID, second: CALM})

    with meanwhile(classify, classify) as both_begin, transaction() as session:
        take(session, case_of(first).id)
        both_begin()
    with reading() as session:
        told = session.scalars(select(Event.data).where(Event.what == What.TAGGED)).all()
    assert [one["message"] for one in told] == [first, second]
