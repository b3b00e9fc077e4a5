"""The words that mark quotations, signatures and forwards, in all languages (phrases.toml)."""

import re
import tomllib
from pathlib import Path

_BLOCKS = tomllib.loads(
    (Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"),
)
_HEADER_KINDS = ("copy", "to", "date", "subject", "from")


def _all(kind: str) -> frozenset[str]:
    return frozenset(phrase for block in _BLOCKS.values() for phrase in block.get(kind, ()))


def _any_of(phrases: frozenset[str]) -> re.Pattern[str]:
    """One pattern that finds any of the phrases as whole words; the longer ones first."""
    words = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in words) + r")(?!\w)")


def _labels() -> dict[str, str]:
    """Label to kind. "De" means from in some languages, so what comes later in the order wins."""
    return {label: kind for kind in _HEADER_KINDS for label in _all(kind)}


OPENERS = _all("openers")
OPENING_WORDS = frozenset(phrase.split()[0] for phrase in OPENERS)
DAYS = frozenset(day for block in _BLOCKS.values() for day in block.get("days", "").split())
UNSPACED_WROTE = tuple(_BLOCKS["unspaced"]["wrote"])
WROTE = _any_of(_all("wrote") - set(UNSPACED_WROTE))
QUOTING = tuple(_all("quoting"))
LABELS = _labels()
ORIGINAL = _all("original") | _all("forwarded")
ORIGINAL_ANYWHERE = _any_of(ORIGINAL)
FORWARDED = _all("forwarded")
FORWARDED_ANYWHERE = _any_of(FORWARDED)
CLOSINGS = _all("closings")
THANKS = _all("thanks")
FORMAL = tuple(_all("formal"))
SENT_FROM = tuple(_all("sent_from"))
ABOVE = _any_of(_all("above"))
DISCLAIMERS = _any_of(_all("disclaimers"))
FORWARD_PREFIXES = _all("forward")
REPLY_PREFIXES = _all("reply")
