"""The phrase tables behind the signals, read once: each line a row of slots."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("phrases.toml")
GAP = "..."
REACH = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a phrase: the words that may stand there, none for any word at all."""

    words: tuple[str, ...]
    optional: bool


@cache
def tables() -> dict[str, tuple[tuple[Slot, ...], ...]]:
    """Rule -> its phrases."""
    content: dict[str, list[str]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return {rule: tuple(slots(line) for line in lines) for rule, lines in content.items()}


def slots(line: str) -> tuple[Slot, ...]:
    """The places of a line, in order."""
    return tuple(place for word in line.split() for place in _places(word))


def _places(word: str) -> list[Slot]:
    if word == GAP:
        return [Slot((), optional=True)] * REACH
    optional = word.startswith("(") and word.endswith(")")
    return [Slot(tuple(word.strip("()").split("|")), optional)]


def literal() -> dict[str, list[str]]:
    """Rule -> the phrases that leave no choice."""
    fixed: dict[str, list[str]] = {}
    for rule, lines in tables().items():
        plain = (line for line in lines if _is_literal(line))
        fixed[rule] = [" ".join(place.words[0] for place in line) for line in plain]
    return fixed


def loose(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The phrases with a choice found in folded words: rule, first word, word after the last."""
    openings = _openings()
    for start, word in enumerate(words):
        for rule, line in openings.get(word, ()):
            end = _reached(line, 0, words, start)
            if end:
                yield rule, start, end


@cache
def _openings() -> dict[str, list[tuple[str, tuple[Slot, ...]]]]:
    """First word -> the lines that can begin with it, so that most words cost one look-up."""
    found: dict[str, list[tuple[str, tuple[Slot, ...]]]] = {}
    for rule, lines in tables().items():
        for line in lines:
            if not _is_literal(line):
                for word in _first_words(line):
                    found.setdefault(word, []).append((rule, line))
    return found


def _first_words(line: tuple[Slot, ...]) -> set[str]:
    words: set[str] = set()
    for place in line:
        words.update(place.words)
        if not place.optional:
            return words
    return words


def _reached(line: tuple[Slot, ...], place: int, words: Sequence[str], at: int) -> int:
    """Where the line ends when it is laid on the words from there on; 0 if it does not fit."""
    if place == len(line):
        return at
    slot = line[place]
    if at < len(words) and (not slot.words or words[at] in slot.words):
        end = _reached(line, place + 1, words, at + 1)
        if end:
            return end
    return _reached(line, place + 1, words, at) if slot.optional else 0


def _is_literal(line: tuple[Slot, ...]) -> bool:
    return all(len(place.words) == 1 and not place.optional for place in line)
