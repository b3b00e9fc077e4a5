"""Shows where the words that were looked for stand in a text. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from cases.words.folding import fold
from cases.words.terms import Term

BEFORE, LENGTH = 40, 220


def pattern(terms: Sequence[Term]) -> re.Pattern[str] | None:
    """What all those words look like in a folded text."""
    said = [_look(one) for one in terms]
    return re.compile(r"(?<![^\W_])(?:" + "|".join(said) + ")") if said else None


def _look(term: Term) -> str:
    gap = r"[\W_]{1,9}"
    end = r"[^\W_]{0,40}" if term.open else r"(?![^\W_])"
    return gap.join(map(re.escape, term.words)) + end


def marked(text: str, looked: re.Pattern[str] | None) -> Markup:
    """The text with those words marked."""
    shown = unicodedata.normalize("NFC", text)
    if looked is None:
        return escape(shown)
    return Markup("").join(_pieces(shown, looked))


def _pieces(shown: str, looked: re.Pattern[str]) -> Iterator[Markup]:
    position = 0
    for found in looked.finditer(fold(shown)):
        yield escape(shown[position : found.start()])
        yield Markup("<mark>{}</mark>").format(shown[found.start() : found.end()])
        position = found.end()
    yield escape(shown[position:])


def excerpt(text: str, looked: re.Pattern[str]) -> str:
    """The place of the text where the first of those words stands; "" where none does."""
    shown = " ".join(unicodedata.normalize("NFC", text).split())
    found = looked.search(fold(shown))
    if found is None:
        return ""
    start = max(found.start() - BEFORE, 0)
    start = shown.find(" ", start, found.start()) + 1 if start else 0
    return ("…" if start else "") + shown[start : start + LENGTH]
