"""Words as they are compared: lower case, without accents, alike on both databases. Pure."""

import re
import unicodedata
from functools import cache

_APART = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[^\W_]+")
SHORTEST_BEGINNING = 4
"""Shorter words are looked for as they are: their beginnings would fit too much."""
_ENDINGS = ("ciones", "iones", "ings", "ing", "ies", "ed", "es", "as", "os", *"saoey")


@cache
def _map() -> dict[int, str]:
    """Every accented Latin letter and its plain one; each becomes exactly one letter."""
    found = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if plain.isascii() and plain.isalpha():
            found[code] = plain
    return found


def fold(text: str) -> str:
    """The text without accents and capitals, letter by letter as long as in NFC."""
    plain = unicodedata.normalize("NFC", text).translate(_map())
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(one if len(one.lower()) != 1 else one.lower() for one in plain)


def spaced(text: str) -> str:
    """Its folded words with nothing but blanks between them."""
    return _APART.sub(" ", fold(text)).strip()


def words_of(text: str) -> tuple[str, ...]:
    """Its folded words."""
    return tuple(_WORDS.findall(fold(text)))


def beginning(word: str) -> str:
    """What all forms of a folded word begin with: the index keeps words as they were written.

    Cutting the question instead of the text serves both languages with one index.
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_BEGINNING:
            kept = "cion" if ending == "ciones" else "ion" if ending == "iones" else ""
            return word.removesuffix(ending) + kept
    return word
