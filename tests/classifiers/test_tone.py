"""Words, phrases, faces and marks that carry a mood by themselves."""

import numpy as np
import pytest

from classifiers import examples, nlp, polarity
from classifiers.ngrams import fold
from classifiers.nlp import rules
from classifiers.tone import HEARD, WIDTH, tone

# Columns: glad, sad, most glad, most sad, lean, side, glad but negated, sad but negated.
GLAD, SAD, MOST_GLAD, MOST_SAD, LEAN, SIDE, NOT_GLAD, NOT_SAD = range(8)
LAST = 9
GLAD_PHRASE, SAD_PHRASE = 11, 12
SMILES, FROWNS = 15, 16


@pytest.fixture(scope="module")
def hear():
    pipeline = nlp.pipeline()

    def heard(text):
        return tone(text, rules.folded_words(nlp.document(pipeline, "", text)))

    return heard


@pytest.mark.parametrize("text", ["Me encanta, es genial", "I love it, it is great"])
def test_glad_words_lean_one_way(hear, text):
    assert hear(text)[GLAD] > 0
    assert hear(text)[SIDE] == 1


@pytest.mark.parametrize("text", ["No es nada bonito", "This is not very nice"])
def test_a_negation_turns_a_glad_word_round(hear, text):
    assert hear(text)[NOT_GLAD] > 0
    assert hear(text)[SIDE] == -1


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [("es bonito", "es muy bonito"), ("it is nice", "it is so nice"), ("es bonito", "es precioso")],
)
def test_degrees_and_stronger_words_weigh_more(hear, weaker, stronger):
    assert hear(stronger)[LEAN] > hear(weaker)[LEAN] > 0


def test_what_follows_a_turn_counts_as_the_last_word(hear):
    assert hear("Un sitio muy bonito, pero la comida un asco")[LAST] < 0
    assert hear("The food was awful but the place is lovely")[LAST] > 0


def test_phrases_count_whole(hear):
    assert hear("No veo la hora de ir")[GLAD_PHRASE] > 0
    assert hear("I am fed up with this")[SAD_PHRASE] > 0
    assert not hear("I am fed by my aunt, who looks up")[SAD_PHRASE]


def test_a_word_means_what_it_means_in_the_language_of_the_text(hear):
    assert hear("el plan de los ill y de los sick es de la banda")[SAD] == 0
    assert hear("the mal of the fatal and the cara is in a book")[SAD] == 0


def test_drawn_out_letters_are_heard_as_the_word_they_are(hear):
    assert hear("buenooooo")[GLAD] == hear("bueno")[GLAD] > 0


def test_faces_count_drawn_or_typed(hear):
    assert hear("😀😀")[SMILES] > 0
    assert hear("😭")[FROWNS] > 0
    assert hear("ya está :)")[SMILES] > 0
    assert hear("no llegó :(")[FROWNS] > 0
    assert not hear("https://x.example a las 10:30")[FROWNS]


def test_any_text_gives_the_same_width(hear):
    for text in ("", "¿?", "a" * 10_000, "\ud800", "ñandú 😀 http://x.example #tag @user"):
        assert hear(text).shape == (WIDTH,)
        assert np.isfinite(hear(text)).all()


def test_what_stands_far_behind_is_not_heard(hear):
    assert (hear("x " * HEARD + "genial") == hear("x " * HEARD)).all()


@pytest.mark.parametrize("language", polarity.LANGUAGES)
def test_no_word_is_listed_as_glad_and_as_sad(language):
    told = polarity._told(language)
    glad, sad = (
        {fold(word) for name in names for word in told[name].split()}
        for names in (("delighted", "glad"), ("sad", "miserable"))
    )
    assert not glad & sad


def test_the_lists_are_large_and_their_words_are_lessons():
    words = examples.words()
    assert {word.language for word in words} == set(polarity.LANGUAGES)
    assert len(words) > 3_000
    assert all(word.sentiment and word.type is None for word in words)
