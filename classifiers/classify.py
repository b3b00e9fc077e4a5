"""Texts in, labels out: the one entry point."""

import gc
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from classifiers import complaint, encoder, heads, language, memory, sentiment, signals, taxonomy
from classifiers import nlp as pipeline
from classifiers.labels import Evidence, Guess, Labels, Signal, Text
from classifiers.places import ABOUT, MODEL

# A second label is worth naming when it is nearly as probable as the first.
SECOND = 0.15
BATCH = 64
THANKED = 0.97
# Nobody praises and insults or threatens in one breath, though irony may look like it.
DOUBTFUL = 0.1


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model in memory, with what its training wrote about it."""

    nlp: pipeline.Pipeline
    about: Mapping[str, Any]
    served: tuple[str, ...] = language.SERVED

    @property
    def version(self) -> str:
        return str(self.about["version"])

    @property
    def threshold(self) -> float:
        """How probable a type must be to be taken without asking people."""
        return float(self.about["threshold"])

    def classify(self, texts: Iterable[Text]) -> Iterator[Labels]:
        """Labels in the order of the texts, read as the texts come, a batch at a time."""
        waiting = iter(texts)
        while batch := list(islice(waiting, BATCH)):
            pairs = ((text.subject, text.body) for text in batch)
            readings = pipeline.read(self.nlp, pairs, batch=BATCH)
            for text, reading in zip(batch, readings, strict=True):
                yield self._labels(text, reading)

    def _labels(self, text: Text, reading: pipeline.Reading) -> Labels:
        found = _evidence(text, reading)
        said = signals.signals(found)
        cues = {one.signal for one in found}
        guesses = _guesses(reading, cues)
        split = heads.split(reading.heads)
        negative = float(split["sentiment"][0])
        complaining = complaint.probability(float(split["complaint"][1]), cues)
        return Labels(
            id=text.id,
            language=language.detect(f"{text.subject}\n{text.body}", self.served),
            type=guesses[0].type,
            secondary=guesses[1].type if guesses[1].probability >= SECOND else None,
            probability=guesses[0].probability,
            top3=guesses,
            complaint=complaining,
            negative=0.02 if Signal.THANKS_ONLY in said else negative,
            sentiment=sentiment.polarity(split["sentiment"], cues),
            anger=sentiment.raised(heads.expected(split["anger"]), cues, sentiment.ANGER),
            urgency=sentiment.raised(heads.expected(split["urgency"]), cues, sentiment.URGENCY),
            signals=said,
            evidence=found,
            needs_review=guesses[0].probability < self.threshold,
            model=self.version if encoder.available() else f"{self.version}-degraded",
        )


def classify(texts: Sequence[Text]) -> list[Labels]:
    """Labels for each text, from the model that came with the program."""
    return list(model().classify(texts))


# The one before is let go when a third is asked for: an installation may train many.
@lru_cache(maxsize=2)
def model(folder: Path = MODEL) -> Model:
    """The model in a folder, loaded once."""
    # Unpacking the languages and the encoder takes 100 and 65 MB for a moment, which is best over
    # before the rest comes.
    gc.unfreeze()
    for part in (language, encoder):
        part.prepare()
        memory.give_back()
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    found = Model(pipeline.load(folder), about)
    # What was loaded stays: the collector would walk through it again and again, and find nothing.
    gc.collect()
    gc.freeze()
    return found


def _evidence(text: Text, reading: pipeline.Reading) -> tuple[Evidence, ...]:
    found = signals.evidence(reading.hits, reading.words)
    if sentiment.shouts(text.body):
        found = (*found, Evidence("shouting", text.body[:40]))
    return found


def _guesses(reading: pipeline.Reading, cues: Collection[str]) -> tuple[Guess, Guess, Guess]:
    """The three most probable leaves. Nothing written is nothing known."""
    chances = dict(zip(taxonomy.codes(), map(float, reading.types), strict=True))
    if not reading.words:
        return Guess("other.other", 0.0), Guess("info.question", 0.0), Guess("info.document", 0.0)
    if complaint.UNFRIENDLY.intersection(cues):
        chances["feedback.praise"] *= DOUBTFUL
        total = sum(chances.values())
        chances = {code: chance / total for code, chance in chances.items()}
    if Signal.THANKS_ONLY in cues:
        chances = {code: chance * (1 - THANKED) for code, chance in chances.items()}
        chances["feedback.praise"] += THANKED
    best = sorted(chances.items(), key=lambda one: -one[1])[:3]
    first, second, third = (Guess(code, chance) for code, chance in best)
    return first, second, third
