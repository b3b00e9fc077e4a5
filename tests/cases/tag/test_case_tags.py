"""Tags stay with their case, find it, are told in its history, and go when its words go."""

import pytest
from sqlalchemy import select

from cases import Case, Event, What, clock, erasing, tags
from cases.case import CaseTag, take
from cases.db import reading, transaction
from cases.filing import file
from cases.history import newest
from cases.merging import merge, undo_merge
from cases.tag import MOST, case_tags
from tests.builders import a_mail, an_arrival
from tests.cases.test_tags import SAID


@pytest.fixture
def case_id(installation):
    with transaction() as session:
        message = file(session, an_arrival(a_mail())).message
        session.flush()
        return message.case_id


def put(case_id, *wanted):
    with transaction() as session:
        case = take(session, case_id)
        changed = case_tags.put(session, case, wanted, by="ana@tienda.test", at=clock.now())
        return newest(session, case.id, What.RETAGGED) if changed else 0


def found(word):
    with reading() as session:
        return list(session.scalars(select(Case.id).where(case_tags.having(word))))


def test_a_case_is_found_by_each_of_its_tags(case_id):
    put(case_id, "envío", "black friday")
    assert found("ENVIO") == found("Black  Friday") == [case_id]
    assert found("black") == found("") == []
    put(case_id, "envío")
    assert (found("envio"), found("black friday")) == ([case_id], [])


def test_a_change_is_told_once_and_can_be_taken_back(case_id):
    put(case_id, "vip")
    number = put(case_id, "envío")
    assert put(case_id, "envío") == 0
    with transaction() as session:
        change = session.get_one(Event, number)
        assert change.what is What.RETAGGED
        assert change.data == {"added": ["envío"], "removed": ["vip"]}
        case_tags.take_back(session, take(session, case_id), change, by="x", at=clock.now())
    with reading() as session:
        assert case_tags.of(session.get_one(Case, case_id)) == ("vip",)
    assert (found("vip"), found("envio")) == ([case_id], [])


def test_what_the_classifier_says_leaves_the_tags_alone(case_id):
    put(case_id, "vip")
    with transaction() as session:
        message_id = session.get_one(Case, case_id).messages[0].id
        tags.write(session, {message_id: SAID}, clock.now())
    with reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.type, case_tags.of(case)) == (SAID.type, ("vip",))


def test_a_case_has_no_more_tags_than_some(case_id):
    put(case_id, *(f"t{n}" for n in range(MOST)))
    with pytest.raises(case_tags.TooManyTags):
        put(case_id, *(f"t{n}" for n in range(MOST + 1)))
    assert put(case_id, "t0")


def test_those_in_use_are_offered_the_most_used_first(case_id):
    put(case_id, "vip", "envío")
    with transaction() as session:
        other = file(session, an_arrival(a_mail(message_id="dos@x.example", sender="e@x.example")))
        session.flush()
        case = take(session, other.case.id)
        case_tags.put(session, case, ("vip",), by="x", at=clock.now())
        session.flush()
        assert case_tags.in_use(session, Case.id > 0, 5) == ["vip", "envío"]
        assert case_tags.in_use(session, Case.id == case.id, 5) == ["vip"]


def test_a_merged_case_brings_its_tags_along_until_it_leaves_again(case_id):
    with transaction() as session:
        other = file(session, an_arrival(a_mail(message_id="dos@x.example", sender="e@x.example")))
        session.flush()
        case, into = take(session, other.case.id), take(session, case_id)
        for one, own in ((case, ("vip", "envío")), (into, ("vip",))):
            case_tags.put(session, one, own, by="x", at=clock.now())
        merge(session, case, into, by="x", at=clock.now())
        assert case_tags.of(into) == ("vip", "envío")
        undo_merge(session, case, by="x", at=clock.now())
        assert (case_tags.of(case), case_tags.of(into)) == (("vip", "envío"), ("vip",))


def test_tags_go_with_the_words_of_their_case(case_id):
    put(case_id, "vip")
    with transaction() as session:
        erasing.empty(session, [take(session, case_id)], by="x", at=clock.now())
    assert found("vip") == []
    with reading() as session:
        assert session.scalars(select(CaseTag)).all() == []
