"""What words speak of, in seven languages: each word's themes, by the stems of themes.toml."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from inbox.intake.origin.plain import plain

Themes = frozenset[str]
Sentence = list[tuple[bool, Themes]]
"""Of each word whether it can mean something, and its themes."""

# What stands for itself in any language is a word as well.
_SIGNS = (
    (re.compile(r"[\w.+-]{1,60}@[\w.-]{1,60}"), " zaddr "),
    (re.compile(r"(?:https?://|www\.)\S{1,200}"), " zurl "),
    (re.compile(r"\+?\d[\d .()/-]{6,20}\d"), " zphone "),
    (
        re.compile(
            r"\b\d{1,2}[:.h]\d{2}(?: ?(?:h|am|pm)\b)?|\b\d{1,2} ?(?:am|pm|h|uhr)\b"
            r"|\bde \d{1,2} a \d{1,2}\b"
        ),
        " zhour ",
    ),
    (re.compile(r"#?\b[a-z]{0,4}-?\d{4,20}[\w-]{0,20}"), " znum "),
)
_END = re.compile(r"[.!?:;]+(?:\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]{1,40}(?:['-][^\W\d_]{1,40})*")
_SHORTEST = 3
_MEANS_LITTLE = 3
_LITTLE = frozenset({"little"})


def _read() -> tuple[dict[str, Themes], dict[str, Themes]]:
    """Whole words, which are marked with "=", and beginnings of words."""
    text = (Path(__file__).parent / "themes.toml").read_text(encoding="utf-8")
    whole: dict[str, set[str]] = defaultdict(set)
    stems: dict[str, set[str]] = defaultdict(set)
    for theme, words in tomllib.loads(plain(text)).items():
        for word in words.split():
            (whole if word.endswith("=") else stems)[word.removesuffix("=")].add(theme)
    return (
        {word: frozenset(themes) for word, themes in whole.items()},
        {stem: frozenset(themes) for stem, themes in stems.items()},
    )


_WHOLE, _STEMS = _read()
_LONGEST = max(map(len, _STEMS))


def sentences(words: str) -> Iterator[Sentence]:
    """The sentences of a text without capitals and accents, each as its words' themes."""
    for sign, name in _SIGNS:
        words = sign.sub(name, words)
    for said in _END.split(words):
        if found := _WORD.findall(said):
            yield [_heard(word) for word in found]


def _heard(word: str) -> tuple[bool, Themes]:
    themes = themes_of(word)
    return len(word) > _MEANS_LITTLE and themes != _LITTLE, themes - _LITTLE


@lru_cache(maxsize=8192)  # Most words are the same few thousand.
def themes_of(word: str) -> Themes:
    """What one word speaks of; where an article clings to it, what the rest speaks of."""
    found = _WHOLE.get(word, frozenset())
    for end in range(_SHORTEST, min(len(word), _LONGEST) + 1):
        found |= _STEMS.get(word[:end], frozenset())
    if "'" in word:
        found = found.union(*map(themes_of, word.split("'")))
    return found
