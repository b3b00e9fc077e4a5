"""Folded text to hashed n-grams of letters and words: what a person said, letter by letter."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Values = NDArray[np.float32]

LETTERS = (3, 4)
_PRIME = np.uint64(1099511628211)
_SALT = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of one text: which, and how heavy each is."""

    keys: Keys
    values: Values


class _Folding(dict[int, str]):
    """Letter to plain letter, found once and remembered; one letter stays one letter."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = unicodedata.normalize("NFD", letter.lower())[:1] or letter
        if plain.isdigit():
            plain = "0"
        # Far scripts would fill the table for nothing, so only the first planes are kept.
        if code < 0x3000:
            self[code] = plain
        return plain


_FOLDING = _Folding({ord(mark): "'" for mark in "’‘´`"})


def fold(text: str) -> str:
    """Small letters without accents, every digit a zero; as long as the text was."""
    return text.translate(_FOLDING)


def grams(folded: str, words: Keys) -> Grams:
    """N-grams of letters and of words, each family of length one, together of length one."""
    parts = [family for family in (_letters(folded), _words(words)) if len(family)]
    if not parts:
        return Grams(np.zeros(0, np.uint64), np.zeros(0, np.float32))
    weights = [np.full(len(part), (len(part) * len(parts)) ** -0.5, np.float32) for part in parts]
    return Grams(np.concatenate(parts), np.concatenate(weights))


def gathered(many: Sequence[Grams]) -> tuple[Keys, Values, NDArray[np.int32]]:
    """N-grams of many texts, end to end, as thinc's sparse layer wants them."""
    keys = np.concatenate([one.keys for one in many])
    values = np.concatenate([one.values for one in many])
    return keys, values, np.fromiter((len(one.keys) for one in many), np.int32, len(many))


def _letters(folded: str) -> Keys:
    squeezed = f" {' '.join(folded.split())} "
    codes = np.frombuffer(squeezed.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    return np.unique(np.concatenate([_runs(codes, length) for length in LETTERS]))


def _words(words: Keys) -> Keys:
    pairs = _runs(words, 2) if len(words) > 1 else words[:0]
    return np.unique(np.concatenate([words ^ _SALT, pairs]))


def _runs(codes: Keys, length: int) -> Keys:
    """A hash of every run of so many codes."""
    if len(codes) < length:
        return codes[:0]
    total = np.full(len(codes) - length + 1, length, np.uint64)
    for start in range(length):
        total = (total * _PRIME) ^ codes[start : len(codes) - length + start + 1]
    return total * _SALT
