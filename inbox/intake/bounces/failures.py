"""What is known of one failed recipient, and addresses and codes in running text."""

import re
from dataclasses import dataclass

_ADDRESS = re.compile(
    r"(?<![^\s<>\"'(),:;=\[\]*`])[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}"
)
_ENHANCED = re.compile(r"(?<![\w.])([45]\.\d{1,3}\.\d{1,3})(?![\w]|\.\d)")
_REPLY = re.compile(r"(?<![\w.@-])([45])[0-5]\d(?=[ \t-]|$)", re.MULTILINE)
_MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a mail did not reach, or not yet."""

    recipient: str
    delayed: bool = False
    """The server goes on trying."""
    passing: bool = False
    """The server gave up, over something that may pass (4.x.x)."""
    status: str | None = None
    diagnostic: str = ""
    """What the refusing server said."""
    context: str = ""
    """What the notice says about it to people."""


def addresses(text: str) -> tuple[str, ...]:
    """The addresses in a text, lower-case, each once, in their order."""
    found = (each.group().lower().strip(".'`\"*") for each in _ADDRESS.finditer(text[:20_000]))
    return tuple(dict.fromkeys(each for each in found if each[:1] != "@"))


def whole(found: tuple[str, ...]) -> tuple[str, ...]:
    """Without those that a line break cut short: the beginnings of others among them."""
    if len(found) > _MOST_COMPARED:
        return found
    return tuple(
        each
        for each in found
        if not any(other != each and other.startswith(each) and "@" in each for other in found)
    )


def status_in(text: str) -> str | None:
    """The most telling enhanced code (RFC 3463) in a text: x.0.0 says next to nothing."""
    codes = [each.group(1) for each in _ENHANCED.finditer(text[:10_000])]
    telling = [code for code in codes if not code.endswith((".0.0", ".0"))]
    return (telling or codes or [None])[0]


def class_in(text: str) -> str | None:
    """ "4" or "5", from the first reply code of SMTP in a text."""
    found = _REPLY.search(text[:10_000])
    return found.group(1) if found else None
