"""How much words sound like an answering machine's: told by what they speak of, not by phrases."""

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from inbox.intake.origin.machines.themes import Themes, sentences

_OPENING = 800
_WEIGHTS: dict[str, float] = json.loads(
    (Path(__file__).parent / "weights.json").read_text(encoding="utf-8")
)
NOT_AT_ALL = -99.0
# Of a language that is not ours, of what is no language, and of a few words nothing can be told.
_FOREIGN = "unknown > 0.6"
_ENOUGH = "words > 5"
# Whoever has a sentence for the matter alone is a person: machines speak of mail and of absences.
_OF_THE_MATTER = "of the matter alone"
_MATTERS = frozenset(("goods", "agreement", "past", "family"))
_AFFAIRS = frozenset(
    (
        *("mail", "answer", "reading", "arrival", "number", "system", "delay", "urgency"),
        *("absence", "return", "day", "hours", "others", "contact", "address", "phone", "page"),
    )
)
_STEPS = {
    "unknown": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    "sentences": (1, 2, 3, 5, 8),
    "words": (5, 10, 20, 40, 80),
    "themes": (3, 5, 7, 9, 12),
}


@lru_cache(maxsize=4)  # Who is asked first, and how sure it is second, is the same mail.
def sounds_like_a_machine(words: str) -> float:
    """The odds, as a logarithm; `words` have no capitals and no accents."""
    found = signs(words)
    if not is_told_by(found):
        return NOT_AT_ALL
    return _WEIGHTS["always"] + sum(_WEIGHTS.get(sign, 0.0) for sign in found)


def is_told_by(found: set[str]) -> bool:
    """Whether a machine may have said it at all, and enough was said to tell."""
    return _ENOUGH in found and _FOREIGN not in found and _OF_THE_MATTER not in found


def signs(words: str) -> set[str]:
    """What is weighed: the themes of each sentence, which meet there, and how much else is said."""
    found: set[str] = set()
    told: set[str] = set()
    count = {"unknown": 0.0, "sentences": 0.0, "words": 0.0}
    for sentence in sentences(words[:_OPENING]):
        themes = [theme for _, theme in sentence]
        here = {each for theme in themes for each in theme}
        told |= here
        found |= here | {f"{one}+{other}" for one in here for other in here if one < other}
        if here & _MATTERS and not here & _AFFAIRS:
            found.add(_OF_THE_MATTER)
        found |= _in_order([theme for theme in themes if theme])
        count["sentences"] += 1
        count["words"] += sum(long for long, _ in sentence)
        count["unknown"] += sum(long for long, theme in sentence if not theme)
    count["unknown"] /= max(count["words"], 1)
    count["themes"] = len(told)
    return found | {
        f"{name} > {step}" for name, steps in _STEPS.items() for step in steps if count[name] > step
    }


def _in_order(themes: list[Themes]) -> set[str]:
    """Who begins, and what follows on what: "your message" is not "my message"."""
    first = {f"^{theme}" for theme in themes[0]} if themes else set()
    return first | {
        f"{one}>{other}" for left, right in pairwise(themes) for one in left for other in right
    }
