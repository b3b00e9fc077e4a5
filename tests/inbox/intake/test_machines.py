"""Answers in words that nobody foresaw: what they speak of tells machines from people."""

import json

import pytest

from inbox.intake.origin import machines
from inbox.intake.origin.machines import NOT_AT_ALL, learning, sounds_like_a_machine
from inbox.intake.origin.machines.themes import themes_of
from inbox.intake.origin.plain import plain


def _sounds(text: str) -> float:
    return sounds_like_a_machine(plain(text))


def test_a_word_speaks_of_the_same_in_all_languages() -> None:
    for word in ("monday", "lunes", "lundi", "montag", "lunedi", "dilluns", "segunda-feira"):
        assert "day" in themes_of(word)
    for word in ("message", "mensaje", "mensagem", "nachricht", "messaggio", "missatge"):
        assert "mail" in themes_of(word)


@pytest.mark.parametrize(
    ("machine", "person"),
    [
        (
            "The allotment office reads its letters on Tuesdays. Should yours be urgent, phone us.",
            "I read your letter about the allotment on Tuesday and the fence is still broken.",
        ),
        (
            "El juzgado abre su correspondencia los martes. Si es urgente, llame al 910 000 222.",
            "Abrimos vuestro paquete el martes y la silla que pedimos venía rota, llamé dos veces.",
        ),
        (
            "Die Kanzlei liest ihre Post dienstags. Wenn es eilt, rufen Sie bitte die Zentrale an.",
            "Ich habe das Paket am Dienstag geöffnet und der Stuhl war kaputt, ich rief an.",
        ),
    ],
)
def test_machines_sound_like_machines_and_people_like_people(machine: str, person: str) -> None:
    assert _sounds(machine) > 0 > _sounds(person)


def test_whoever_has_a_sentence_for_the_matter_alone_is_a_person() -> None:
    machine = "Our choir secretary has your note and reads the post on Mondays."
    assert _sounds(machine) > NOT_AT_ALL
    assert _sounds(f"{machine} We accept the price.") == NOT_AT_ALL


def test_of_a_few_words_and_of_other_languages_nothing_is_told() -> None:
    assert _sounds("Back on Monday.") == NOT_AT_ALL
    assert _sounds("Palaan toimistolle maanantaina ja vastaan viestiisi silloin.") == NOT_AT_ALL


@pytest.mark.nightly
def test_the_weights_are_what_the_texts_teach() -> None:
    learnt = learning.learn(learning.texts())
    kept = json.loads((learning.HERE / "weights.json").read_text(encoding="utf-8"))
    assert learnt == pytest.approx(kept, abs=0.01)
    assert machines.sounds_like_a_machine("") == NOT_AT_ALL
