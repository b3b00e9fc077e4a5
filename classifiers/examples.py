"""The texts we learn from: our own corpus, a line a text, and what agents corrected since."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers import polarity, taxonomy
from classifiers.labels import Sentiment

CORPUS = Path(__file__).with_name("corpus")
LANGUAGES = ("es", "en")
# Files of this name are never learned from: they only tell what a model is worth.
HELD_OUT = "heldout"


class UnreadableExample(ValueError):
    """A line of the corpus is not what a line of the corpus should be."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what people say of it; None where nobody said."""

    text: str
    type: str | None
    language: str
    subject: str = ""
    also: tuple[str, ...] = ()
    complaint: bool | None = None
    sentiment: Sentiment | None = None
    anger: int | None = None
    urgency: int | None = None
    weight: float = 1.0

    @property
    def acceptable(self) -> tuple[str, ...]:
        return (self.type, *self.also) if self.type else self.also


def to_learn(corpus: Path = CORPUS) -> list[Example]:
    """Everything but the held-out files, always in the same order."""
    return list(_all(corpus, held_out=False))


def held_out(corpus: Path = CORPUS) -> list[Example]:
    return list(_all(corpus, held_out=True))


def words() -> list[Example]:
    """The words and phrases of the polarity lists, each as a text of that mood."""
    return [
        Example(word, None, language, sentiment=_mood(strength))
        for word, language, strength in polarity.listed()
    ]


def _mood(strength: float) -> Sentiment:
    if not strength:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if strength > 0 else Sentiment.NEGATIVE


def _all(corpus: Path, *, held_out: bool) -> Iterator[Example]:
    for language in LANGUAGES:
        for path in sorted((corpus / language).glob("*.jsonl")):
            if path.name.startswith(HELD_OUT) == held_out:
                yield from _lines(path, language)


def _lines(path: Path, language: str) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield parsed(json.loads(line), language)
            except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
                raise UnreadableExample(f"{path.name}, line {number}: {error!r}") from error


def parsed(fields: dict[str, Any], language: str) -> Example:
    """An example from one object of the corpus."""
    polarity, complaint = fields.get("sentiment"), fields.get("complaint")
    return Example(
        text=fields["text"],
        type=taxonomy.in_use(fields["type"]) if fields.get("type") else None,
        language=language,
        subject=fields.get("subject") or "",
        also=tuple(filter(None, map(taxonomy.in_use, fields.get("also") or ()))),
        complaint=None if complaint is None else bool(complaint),
        sentiment=Sentiment(polarity) if polarity else None,
        anger=_grade(fields.get("anger")),
        urgency=_grade(fields.get("urgency")),
    )


def _grade(given: int | None) -> int | None:
    return None if given is None else min(3, max(0, int(given)))
