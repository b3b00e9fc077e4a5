"""A message becomes a case of its own, later mail follows, and it can be undone."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from cases import signing
from cases.filing import file
from cases.merging.splitting import NothingLeft, NotSplit, split, undo_split
from tests.builders import MORNING, a_mail, an_arrival
from tests.cases.merging.test_merging import BEA, NOON, mailed, texts


def test_a_message_is_split_off_and_answers_to_it_follow(session: Session) -> None:
    first = mailed(session, "No llega")
    other = mailed(session, "Y quiero otra factura", answers=first)
    ours = signing.new_message_id(first.case.id, "tienda.example")
    new = split(session, other.message, by=BEA, at=NOON)
    assert texts(session, first.case) == ["No llega"]
    assert texts(session, new) == ["Y quiero otra factura"]
    assert new.contact is first.case.contact
    assert new.linked_to is first.case
    answer = a_mail("Sobre la factura", in_reply_to=(other.message.rfc_id,), references=(ours,))
    assert file(session, an_arrival(answer, minutes=40)).case is new
    assert mailed(session, "Sobre el envío", answers=first).case is first.case


def test_each_part_of_a_split_case_owes_its_own_answer(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    other = mailed(session, "Y la factura", answers=first)
    new = split(session, other.message, by=BEA, at=NOON)
    assert first.case.waiting_since == MORNING
    assert new.waiting_since == MORNING + timedelta(minutes=30)
    new.answered(by=BEA, at=NOON)
    assert first.case.waiting_since == MORNING


def test_a_split_that_is_undone_brings_all_back(session: Session) -> None:
    first = mailed(session, "No llega")
    other = mailed(session, "Y la factura", answers=first)
    new = split(session, other.message, by=BEA, at=NOON)
    mailed(session, "La de marzo", answers=other)
    assert undo_split(session, new, by=BEA, at=NOON) is first.case
    assert texts(session, first.case) == ["No llega", "Y la factura", "La de marzo"]
    assert mailed(session, "¿Y?", answers=other).case is first.case
    assert not new.is_open


def test_what_cannot_be_split_is_refused(session: Session) -> None:
    only = mailed(session, "Uno")
    with pytest.raises(NotSplit):
        undo_split(session, only.case, by=BEA, at=NOON)
    with pytest.raises(NothingLeft):
        split(session, only.message, by=BEA, at=NOON)
