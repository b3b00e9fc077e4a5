"""Words and phrases that carry a mood by themselves: what the lists beside this say of each."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from classifiers.ngrams import fold

HERE = Path(__file__).parent
LANGUAGES = ("es", "en")
STRENGTHS = {"delighted": 2.0, "glad": 1.0, "sad": -1.0, "miserable": -2.0}
# The first of these that lists a word is what it does to its neighbours.
ROLES = ("negation", "turning", "stronger", "weaker", "dull")
PHRASES = {"phrases_glad": 1, "phrases_sad": -1, "irony": 0}
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
SHORTEST = 3
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a word is by itself: how glad or sad it is, and what it does to others."""

    strength: float = 0.0
    role: str = ""


NOTHING = Said()
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lists:
    """One language: whole words, beginnings of words, phrases by their first two words."""

    whole: dict[str, Said]
    beginnings: dict[str, Said]
    phrases: dict[Pair, list[tuple[tuple[str, ...], int]]]
    common: frozenset[str]
    ours: frozenset[str]
    yours: frozenset[str]


@cache
def lists(language: str) -> Lists:
    """The lists of a language, folded as the words of a text are."""
    told = _told(language)
    whole: dict[str, Said] = {}
    beginnings: dict[str, Said] = {}
    for name in (*reversed(ROLES), *reversed(STRENGTHS)):
        for word in map(fold, told[name].split()):
            table, key = (beginnings, word[:-1]) if word.endswith("*") else (whole, word)
            known = table.get(key, NOTHING)
            strength, role = STRENGTHS.get(name, known.strength), known.role
            table[key] = Said(strength, name if name in ROLES else role)
    phrases: dict[Pair, list[tuple[tuple[str, ...], int]]] = {}
    for name, mood in PHRASES.items():
        for phrase in _phrases(told[name]):
            first, second, *rest = WORD.findall(fold(phrase))
            phrases.setdefault((first, second), []).append((tuple(rest), mood))
    small = (frozenset(map(fold, told[name].split())) for name in ("common", "ours", "yours"))
    return Lists(whole, beginnings, phrases, *small)


@lru_cache(maxsize=50_000)
def said(word: str, language: str) -> Said:
    """What a folded word is, with or without its drawn-out letters."""
    known = lists(language)
    for form in dict.fromkeys((word, *(_DRAWN_OUT.sub(by, word) for by in (r"\1\1", r"\1")))):
        if form in known.whole:
            return known.whole[form]
        for end in range(len(form), SHORTEST - 1, -1):
            if form[:end] in known.beginnings:
                return known.beginnings[form[:end]]
    return NOTHING


def listed() -> Iterator[tuple[str, str, float]]:
    """Words and phrases with their language and strength: what a mood may be learned from."""
    for language in LANGUAGES:
        told = _told(language)
        for name in (*STRENGTHS, "dull"):
            for word in _different(told[name].split()):
                yield word, language, STRENGTHS.get(name, 0.0)
        for name in ("phrases_glad", "phrases_sad"):
            for phrase in _phrases(told[name]):
                yield phrase, language, float(PHRASES[name])


def _different(words: list[str]) -> Iterator[str]:
    """One of the forms that stand together; what is left of a short beginning is no word."""
    last = ""
    for word in words:
        if not word.endswith("*") or len(word) > 2 * SHORTEST:
            if word[: 2 * SHORTEST - 1] != last:
                yield word.rstrip("*")
            last = word[: 2 * SHORTEST - 1]


@cache
def _told(language: str) -> dict[str, str]:
    text = (HERE / f"{language}.toml").read_text(encoding="utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}


def _phrases(told: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in told.split("|")]
