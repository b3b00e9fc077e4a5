"""Words and marks that carry a mood by themselves."""

import numpy as np
import pytest

from classifiers.tone import HEARD, WIDTH, tone

# Columns of the first language: glad, sad, glad but negated, sad but negated, lean, negations.
GLAD, SAD, NOT_GLAD, NOT_SAD, LEAN = range(5)
ENGLISH = 6


@pytest.mark.parametrize(
    ("text", "start"),
    [("Me encanta, es genial", 0), ("I love it, it is great", ENGLISH)],
)
def test_glad_words_lean_one_way(text: str, start: int) -> None:
    assert tone(text)[start + GLAD] > 0
    assert tone(text)[start + LEAN] == 1


@pytest.mark.parametrize(
    ("text", "start"),
    [("No me gusta nada", 0), ("I don't really like-love it, not good", ENGLISH)],
)
def test_a_negation_turns_a_glad_word_round(text: str, start: int) -> None:
    assert tone(text)[start + NOT_GLAD] > 0
    assert tone(text)[start + LEAN] == -1


def test_emoji_count() -> None:
    happy, sad = tone("😀😀"), tone("😭")
    assert happy[2 * ENGLISH] > 0
    assert sad[2 * ENGLISH + 1] > 0


def test_any_text_gives_the_same_width() -> None:
    for text in ("", "¿?", "a" * 10_000, "\ud800", "ñandú 😀 http://x.example #tag @user"):
        assert tone(text).shape == (WIDTH,)
        assert np.isfinite(tone(text)).all()


def test_what_stands_far_behind_is_not_heard() -> None:
    assert (tone("x " * HEARD + "genial") == tone("x " * HEARD)).all()
