"""Words are found whatever their accents and endings, on both databases, until they are erased."""

import pytest
from sqlalchemy import delete, select

from cases import Case, Message
from cases.db import reading, transaction
from cases.words import gathering, keeping, matching
from cases.words.folding import beginning, fold, spaced
from cases.words.terms import Expression, Group, Part, for_postgresql, for_sqlite, term
from tests.wording import written


def test_words_are_compared_without_accents_and_capitals() -> None:
    assert fold("¿DÓNDE Está el ñandú? ÇA") == "¿donde esta el nandu? ca"
    assert spaced("  ana.b@cliente.example — «Envío» nº_5 ") == "ana b cliente example envio nº 5"
    assert len(fold("İstanbul ﬁn ß")) == len("İstanbul ﬁn ß")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("pedidos", "pedido"), ("devoluciones", "devolución"), ("refunded", "refunds")),
        *(("colores", "color"), ("dañada", "dañados"), ("deliveries", "delivery")),
    ],
)
def test_a_question_finds_all_forms_of_its_word(one: str, other: str) -> None:
    assert spaced(other).startswith(beginning(spaced(one)))


def test_each_database_is_asked_in_its_own_way() -> None:
    asked = Group((term("Pedido"), term("llegó tarde", exact=True, part=Part.SUBJECT)), every=False)
    assert for_postgresql(asked) == "(('pedid':*) | ('llego':A <-> 'tarde':A))"
    assert for_sqlite(asked) == '(("pedid" *) OR ({subject} : "llego tarde"))'


def test_what_has_no_letter_asks_for_nothing() -> None:
    assert term("¡…!") is None


def _found(expression: Expression | None) -> set[int]:
    assert expression is not None
    with reading() as session:
        return set(session.scalars(select(Case.id).where(gathering.holds(session, expression))))


@pytest.mark.usefixtures("installation")
def test_messages_are_found_by_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, late = written("El envío llegó roto", "Mis envios se retrasan otra vez")
    for rare in (gathering.RARE, 0):
        # Words that are everywhere are looked for in another way, and found just the same.
        monkeypatch.setattr(gathering, "RARE", rare)
        assert _found(term("ENVÍOS")) == {broken, late}
        assert _found(term("llegó roto", exact=True)) == {broken}
        assert _found(term("roto llegó", exact=True)) == set()
        assert _found(term("oscar.ruiz@cliente", part=Part.SENDER)) == {broken, late}
        assert _found(term("soporte", part=Part.TO)) == {broken, late}
        assert _found(term("asunto", part=Part.SENDER)) == set()
        assert _found(Group((term("envío"), term("retrasan")))) == {late}
        assert _found(Group((term("roto"), term("retrasan")), every=False)) == {broken, late}


@pytest.mark.usefixtures("installation")
def test_a_case_that_lacks_a_word_is_told_apart_and_a_hit_can_be_shown() -> None:
    broken, late = written("El envío llegó roto", "Mis envios se retrasan")
    word = term("roto")
    assert word is not None
    with reading() as session:
        lacking = select(Case.id).where(~gathering.holds(session, word))
        assert set(session.scalars(lacking)) == {late}
        assert matching.excerpts(session, word, {broken, late}) == {broken: "El envío llegó roto"}


@pytest.mark.usefixtures("installation")
def test_words_follow_their_message_and_go_with_it() -> None:
    (number,) = written("Texto antiguo")
    with transaction() as session:
        session.scalars(select(Message)).one().text = "Texto borrado"
    keeping.keep()
    assert _found(term("antiguo", part=Part.ANYWHERE)) == {number}, "the subject still has it"
    with transaction() as session:
        session.scalars(select(Message)).one().subject = ""
    assert _found(term("antiguo")) == set()
    keeping.keep()
    assert _found(term("borrado")) == {number}
    with transaction() as session:
        session.execute(delete(Message))
    assert _found(term("borrado")) == set()


@pytest.mark.usefixtures("installation")
def test_many_messages_are_worded_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BATCH", 2)
    numbers = written(*(f"mensaje {n}" for n in range(5)))
    assert _found(term("mensaje")) == set(numbers)
