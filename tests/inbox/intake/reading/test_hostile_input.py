"""No text, however it is made, costs more than a fixed amount of work."""

import re
import sys
from collections.abc import Callable
from functools import partial

import pytest

from inbox.intake.reading import forwarded_sender, is_forward, newly_written
from inbox.intake.reading.page import SCANNED

SIZES = 4_000, 8_000
# Deep HTML is read as text alone, so both sizes lie beyond that depth.
HTML_SIZES = 40_000, 80_000
# Twice the text may cost twice the calls and a little; a square would cost four times as many.
GROWTH, START = 2.5, 2_000

PIECES = (
    "\n",
    "On On On ",
    "On\n",
    ">>>>",
    ">\n",
    "From: ",
    "From: \n",
    "From: a@b.example\n",
    "To:\n",
    "a",
    "wrote:",
    "wrote:\n",
    "On 3 May 2025 wrote:\n",
    "El 3 may 2025 a las 10:00\n",
    "<\n>:\n",
    "|\n",
    "--\n",
    "-- \n",
    "____\n",
    "Regards,\n",
    "Gracias\nAna\n",
    "aviso legal\n\n",
    "12:00 ",
    "-----Original Message-----\n",
    "Enviado desde mi iPhone\n",
    "x\n> y\n",
    "a@b.example ",
    " " * 79 + "\n",
    "1.",
)
TAGS = (
    "<div>",
    "<blockquote>",
    "<div class=gmail_quote>",
    "<div class=gmail_quote><blockquote class=gmail_quote>x",
    "<blockquote>x</blockquote>",
    "<blockquote class=gmail_quote>x</blockquote>y",
    "<div style='border-top:solid'>",
    "<div class=gmail_signature>x</div>",
    "<<<<",
    "<hr>",
)


def calls_of(act: Callable[[], object]) -> int:
    """How many functions were called, built-in ones too."""
    count = 0

    def counted(_frame: object, event: str, _what: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def grows_evenly(act: Callable[[str], object], piece: str, sizes: tuple[int, int] = SIZES) -> bool:
    """Whether twice as much of the piece is twice the work."""
    texts = [piece * (size // len(piece)) for size in sizes]
    small, large = (calls_of(partial(act, text)) for text in texts)
    return large < GROWTH * small + START


@pytest.mark.parametrize("piece", PIECES)
def test_the_work_of_reading_grows_no_faster_than_the_text(piece):
    assert grows_evenly(newly_written, piece)


@pytest.mark.parametrize("piece", PIECES)
def test_the_work_of_telling_a_forward_grows_no_faster_than_the_text(piece):
    assert grows_evenly(lambda text: (is_forward("x", text), forwarded_sender(text)), piece)


@pytest.mark.parametrize("tag", TAGS)
def test_the_work_of_reading_html_grows_no_faster_than_the_mail(tag):
    assert grows_evenly(lambda html: newly_written("x", html=html), tag, HTML_SIZES)


def test_what_lies_beyond_the_scanned_part_is_not_lost():
    text = "word " * (SCANNED // 4)
    assert len(newly_written(text).new_text.split()) == len(text.split())


def test_what_lies_beyond_the_scanned_part_of_a_quotation_is_quoted():
    text = "Yes.\n\n" + "> no\n" * SCANNED
    assert newly_written(text).new_text == "Yes."


def test_no_pattern_repeats_a_repetition():
    """Nested quantifiers are what makes a pattern run for ever."""
    modules = [m for name, m in sys.modules.items() if name.startswith("inbox.intake.reading.")]
    patterns = [p for m in modules for p in vars(m).values() if isinstance(p, re.Pattern)]
    assert len(patterns) > 10
    for pattern in patterns:
        assert not re.search(r"[*+}]\)[*+{]", pattern.pattern), pattern.pattern
