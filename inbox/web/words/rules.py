"""Rules of the intake in words: why a mail is in its case, and why this is who speaks."""

import re

from cases.language import gettext as _

_SOON = re.compile(r"(\d{1,6}) seconds after ours")
_NAMED = re.compile(r"(registered bot|registered marketing|bot rule) \(?(.*?)\)?", re.DOTALL)
SOUNDS = "it sounds like a machine"


def said(name: str) -> str:
    """The rule in the current language; header lines that it quotes stay as they came."""
    named = _NAMED.fullmatch(name)
    if named:
        return f"{_(named[1])} ({named[2]})"
    rule, colon, told = name.partition(": ")
    if rule != SOUNDS or not colon:
        return _(name) if name else ""
    return f"{_(rule)}: {', '.join(map(_circumstance, told.split(', ')))}"


def _circumstance(told: str) -> str:
    soon = _SOON.fullmatch(told)
    return _("{number} seconds after ours", number=soon[1]) if soon else _(told)
