"""Rare words are gathered; words that are common alone and rare together, with more effort."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Case
from cases.db import reading
from cases.rows.patience import patient
from cases.words import gathering
from cases.words.commonness import Rows
from cases.words.gathering import Gathering
from cases.words.terms import Expression, Group, Term, term
from tests.wording import written

MOST = timedelta(seconds=10)


def _term(words: str) -> Term:
    found = term(words)
    assert found is not None
    return found


@pytest.mark.usefixtures("installation")
def test_words_that_seem_common_are_gathered_where_they_are_rare_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "SEEMS_RARE", 0)
    monkeypatch.setattr(gathering, "SEEMS_COMMON", 0)
    both, *_others = written("Llegó roto y tarde", "Llegó roto", "Llegó tarde")
    pair, word = Group((_term("roto"), _term("tarde"))), _term("llegó")
    with reading() as session, patient(session) as patience:
        known = Gathering(session, patience)
        on_postgresql = not known.gather([pair, word])
        assert known.dig([pair, word], MOST) == on_postgresql
        few = known.gather([pair, word])
        assert session.scalars(select(Case.id).where(few[pair])).all() == [both]
        # A word that everybody writes is rare in no company.
        assert (word in few) is not on_postgresql
        assert not known.dig([pair, word], MOST), "what was found or not is not tried again"


@pytest.mark.usefixtures("installation")
def test_the_words_of_a_search_are_looked_up_together() -> None:
    numbers = written("Llegó roto", "Se retrasa")
    asked: list[Expression] = [_term("roto"), _term("retrasa")]
    with reading() as session, patient(session) as patience:
        few = Gathering(session, patience).gather(asked)
        for number, words in zip(numbers, asked, strict=True):
            assert session.scalars(select(Case.id).where(few[words])).all() == [number]


def test_beginnings_of_everybodys_words_are_not_asked_of_the_index() -> None:
    every, ours = Term(("example",), open=True), Term(("pedid",), open=True)
    address, number = _term("ana@correo.example"), _term("ref88213")
    some = {Term(("ana",)): 90_000, Term(("correo",)): 300, number: 4_000}
    rows = Rows(1_000_000, {**some, every: 900_000, ours: 700_000})
    assert rows.by(address) == Term(("ana", "correo"))
    assert rows.by(Group((ours, number))) == Group((number,))
    # Where all is common, and where one of them is enough, nothing can be left out.
    assert rows.by(Group((ours, every))) == Group((ours, every))
    assert rows.by(Group((ours, number), every=False)) == Group((ours, number), every=False)
    assert rows.of(address) == 300
