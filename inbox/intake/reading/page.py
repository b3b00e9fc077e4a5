"""A mail's text as lines, each with the part it plays: the person's words, a quote, a signature."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

# Nobody writes more than this by hand; what lies beyond is never looked at.
SCANNED = 64 * 1024
LONGEST_LINE = 500
# Stands where an HTML signature begins; a private character that no mail has a use for.
SIGNATURE_MARK = "\ue000"
# Blanks, and signs without any width that some programs put before their own words.
_BLANK = " \t\u00a0\u00ad\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064"
_RULE_SIGNS = frozenset("-_=*~—–―─━")


class Part(StrEnum):
    """What a line is."""

    WORDS = "words"
    QUOTE = "quote"
    CONTEXT = "context"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"


class Fold(NamedTuple):
    """Lines that the reader folds away; the end line is the first one not folded."""

    kind: str
    start_line: int
    end_line: int


@dataclass(slots=True)
class Page:
    """The lines of one mail and what each of them is."""

    lines: list[str]
    shown: list[str] = field(init=False)
    parts: list[Part] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = [line[:LONGEST_LINE].strip(_BLANK) for line in self.lines]
        self.parts = [Part.WORDS] * len(self.lines)

    def mark(self, part: Part, start: int, end: int) -> None:
        """Say what the lines from start up to end are."""
        self.parts[start:end] = [part] * (end - start)

    def joined(self, *wanted: Part) -> str:
        """The lines of the wanted parts, without the blank lines around them."""
        chosen = (
            line.replace(SIGNATURE_MARK, "")
            for line, part in zip(self.lines, self.parts, strict=True)
            if part in wanted and line != SIGNATURE_MARK
        )
        return trimmed(chosen)

    def next_filled(self, start: int) -> int:
        """The first line from start on that has something on it, or the number of lines."""
        for number in range(start, len(self.shown)):
            if self.shown[number]:
                return number
        return len(self.shown)

    def folds(self) -> tuple[Fold, ...]:
        """The runs of lines that are not the person's words."""
        return tuple(_runs(self.parts))


def pages_of(text: str) -> tuple[Page, str]:
    """The lines to scan, and the rest of a text that is too long for it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(plain) <= SCANNED:
        return Page(plain.split("\n")), ""
    cut = plain.rfind("\n", SCANNED // 2, SCANNED)
    cut = SCANNED if cut < 0 else cut
    return Page(plain[:cut].split("\n")), plain[cut:]


def trimmed(lines: Iterable[str]) -> str:
    """The lines as one text, without blank lines around it and never two blank ones in a row."""
    kept: list[str] = []
    for line in lines:
        clean = line.rstrip()
        if clean or (kept and kept[-1]):
            kept.append(clean)
    return "\n".join(kept).strip("\n")


def has_words(text: str) -> bool:
    """Whether a person said anything here: letters, digits or an emoji."""
    return any(sign.isalnum() or ord(sign) > 0x2190 for sign in text if sign not in _RULE_SIGNS)


def is_rule(line: str, *, at_least: int = 3) -> bool:
    """Whether the line is only drawn: dashes, underscores, stars."""
    solid = line.replace(" ", "")
    return len(solid) >= at_least and all(sign in _RULE_SIGNS for sign in solid)


def _runs(parts: list[Part]) -> Iterator[Fold]:
    start = 0
    for number in range(1, len(parts) + 1):
        if number < len(parts) and parts[number] is parts[start]:
            continue
        if parts[start] not in (Part.WORDS, Part.CONTEXT):
            yield Fold(parts[start].value, start, number)
        start = number
