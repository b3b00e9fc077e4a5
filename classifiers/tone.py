"""The tone of a text: words and marks that carry a mood by themselves, counted. Pure."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from classifiers.heads import Floats

HERE = Path(__file__).parent
HEARD = 600
LANGUAGES = ("es", "en")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)?")
# A negation turns round what follows within so many words.
REACH = 3
GLAD = frozenset(
    "😀😃😄😁😆😅😂🤣😊😇🙂😉😍🥰😘😗😋😎🤩🥳👏🙌👍💪❤💕💖💗💙💚💛💜🧡♥✨🎉🎊🔥💯🏆😻☺🤗😜"
)
SAD = frozenset("😒😞😔😟😕🙁☹😣😖😫😩😢😭😤😠😡🤬🤯😱😨😰😥😓🤢🤮🤧😷🤒🤕💔👎😪😑😐🙄😬")
MARKS = tuple(
    re.compile(mark)
    for mark in (
        r"!",
        r"[?¿]",
        r"\.\.\.|…",
        r"https?\b",
        r"@\w",
        r"#\w",
        r"[:=]['-]?[(/]",
        r"[:=]-?[)D]|\b[xX]D\b",
        r"(?i)(?:ja|ha|je){2}",
        r"(\w)\1\1",
        r"\d",
        r"[\"“«]",
    )
)
WIDTH = 6 * len(LANGUAGES) + 4 + len(MARKS)


def tone(text: str) -> Floats:
    """Glad and sad words, plain and negated, in each language; emoji; marks; length."""
    heard = text[:HEARD]
    words = [word.lower().replace("’", "'") for word in WORD.findall(heard)]
    counts = [count for language in LANGUAGES for count in _moods(words, language)]
    glad, sad = (sum(letter in faces for letter in heard) for faces in (GLAD, SAD))
    capitals = sum(letter.isupper() for letter in heard) / max(len(heard), 1)
    shape = (min(glad, 3) / 1.5, min(sad, 3) / 1.5, float(capitals > 0.3), len(words) / 30)
    marks = (float(mark.search(heard) is not None) for mark in MARKS)
    return np.array([*counts, *shape, *marks], np.float32)


def _moods(words: list[str], language: str) -> tuple[float, ...]:
    """Glad, sad, glad but negated, sad but negated, which way it leans, and negations."""
    heard = [_mood(word, language) for word in words]
    counts = [0, 0, 0, 0]
    for place, mood in enumerate(heard):
        if mood in ("glad", "sad"):
            negated = "no" in heard[max(0, place - REACH) : place]
            counts[(mood == "sad") + 2 * negated] += 1
    lean = np.sign(counts[0] + counts[3] - counts[1] - counts[2])
    return (*(min(count, 4) / 2 for count in counts), float(lean), heard.count("no") / 3)


@lru_cache(maxsize=50_000)
def _mood(word: str, language: str) -> str:
    for mood, (whole, beginnings) in _words(language).items():
        if word in whole or word.startswith(beginnings):
            return mood
    return ""


@cache
def _words(language: str) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    said = tomllib.loads((HERE / "polarity.toml").read_text(encoding="utf-8"))[language]
    named = {"no": said["negation"], "glad": said["positive"], "sad": said["negative"]}
    return {mood: _sorted(listed.split()) for mood, listed in named.items()}


def _sorted(listed: list[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    whole = frozenset(word for word in listed if not word.endswith("*"))
    return whole, tuple(word[:-1] for word in listed if word.endswith("*"))
