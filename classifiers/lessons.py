"""What is to be learned, as numbers: features of the texts and the targets of each head."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers import dense, heads, sentiment, sparse, taxonomy
from classifiers.examples import Example
from classifiers.heads import Floats
from classifiers.ngrams import Grams
from classifiers.nlp.mixture import BUCKETS, FEWER_BUCKETS, Features

SECOND_LABEL = 0.2
CHATTER = "other.other"
IDLE = 0.2
# Weight decay is given for a corpus of this size: more texts need less of it.
USUAL = 4500
BALANCE = 0.5


@dataclass(frozen=True, slots=True)
class Manner:
    """How a lesson is learned; share is how much of the mixture the sentence vectors are."""

    buckets: int
    epochs: int
    decay: float
    share: float


# Found by leaving out every third block of texts. What a mail is about shows in its words too;
# how somebody feels shows in the sentence.
ABOUT_TYPES = Manner(buckets=BUCKETS, epochs=6, decay=7e-5, share=0.65)
ABOUT_MOODS = Manner(buckets=FEWER_BUCKETS, epochs=5, decay=6e-4, share=0.85)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts as numbers, and what people said of them; a group of zeros means nobody said."""

    vectors: Floats
    grams: Sequence[Grams]
    targets: Floats
    weights: Floats
    groups: tuple[slice, ...]
    manner: "Manner"

    def only(self, chosen: NDArray[np.intp]) -> "Lesson":
        grams = [self.grams[place] for place in chosen]
        targets, weights = self.targets[chosen], self.weights[chosen]
        return Lesson(self.vectors[chosen], grams, targets, weights, self.groups, self.manner)


@dataclass(frozen=True, slots=True)
class Learned:
    """The two halves of a mixture as they were fitted."""

    dense: Floats
    bias: Floats
    sparse: Floats
    sparse_bias: Floats

    def scores(self, lesson: Lesson) -> tuple[Floats, Floats]:
        said = sparse.scores(lesson.grams, self.sparse, self.sparse_bias)
        return lesson.vectors @ self.dense.T + self.bias, said


def types(texts: Sequence[Example], read: Sequence[Features]) -> Lesson:
    """The complaint type: the second label counts a little."""
    places = {code: place for place, code in enumerate(taxonomy.codes())}
    targets = np.zeros((len(texts), len(places)), np.float32)
    for row, text in enumerate(texts):
        if text.type is None:
            # What nobody gave a type and is no complaint is chatter.
            targets[row, places[CHATTER]] = float(text.complaint is False)
            continue
        others = [places[code] for code in text.also]
        targets[row, others] = SECOND_LABEL / max(1, len(others))
        targets[row, places[text.type]] = 1.0 - (SECOND_LABEL if others else 0.0)
    vectors = np.stack([one.vector for one in read])
    lesson = _lesson(texts, read, vectors, targets, (slice(0, len(places)),), ABOUT_TYPES)
    # Mail holds less chatter than our corpus, so a text of chatter weighs less than a mail.
    lesson.weights[[text.type is None for text in texts]] *= IDLE
    return lesson


def moods(texts: Sequence[Example], read: Sequence[Features]) -> Lesson:
    """Complaint, sentiment, anger and urgency, each from the texts that have the label."""
    targets = np.zeros((len(texts), heads.WIDTH), np.float32)
    for head, place in heads.columns():
        for row, text in enumerate(texts):
            grade = _grade(text, head)
            if grade is not None:
                targets[row, place.start + grade] = 1.0
    groups = tuple(place for _, place in heads.columns())
    return _lesson(texts, read, np.stack([one.mood for one in read]), targets, groups, ABOUT_MOODS)


def fit(lesson: Lesson) -> Learned:
    """Both halves, each on its own: they are averaged, not taught to lean on each other."""
    width, manner = lesson.targets.shape[1], lesson.manner
    weights = np.zeros((width, lesson.vectors.shape[1]), np.float32)
    bias = np.zeros(width, np.float32)
    for group in lesson.groups:
        known = np.flatnonzero(lesson.targets[:, group].sum(axis=1))
        if len(known):
            goal = lesson.targets[known, group]
            weights[group], bias[group] = dense.fit(
                lesson.vectors[known],
                goal,
                lesson.weights[known] * _rarity(goal),
                decay=manner.decay * USUAL / len(known),
            )
    letters, letters_bias = sparse.fit(
        lesson.grams,
        lesson.targets,
        lesson.weights,
        lesson.groups,
        buckets=manner.buckets,
        epochs=manner.epochs,
    )
    return Learned(weights, bias, letters, letters_bias)


def _rarity(targets: Floats) -> Floats:
    """A weight for each text: what is rare counts more, though not as much as it is rarer."""
    total = np.maximum(targets.sum(axis=0), 1.0)
    weights: Floats = (targets @ (total.mean() / total) ** BALANCE).astype(np.float32)
    return weights


def _grade(text: Example, head: str) -> int | None:
    """The class a text is in, for one head."""
    if head == "complaint":
        return _complaining(text)
    if head == "sentiment":
        return None if text.sentiment is None else sentiment.ORDER.index(text.sentiment)
    return text.anger if head == "anger" else text.urgency


def _complaining(text: Example) -> int | None:
    """What was said, or else what is usual for the type."""
    if text.complaint is not None:
        return int(text.complaint)
    return None if text.type is None else int(taxonomy.leaf(text.type).complaint)


def _lesson(
    texts: Sequence[Example],
    read: Sequence[Features],
    vectors: Floats,
    targets: Floats,
    groups: tuple[slice, ...],
    manner: Manner,
) -> Lesson:
    weights = np.array([text.weight for text in texts], np.float32)
    return Lesson(vectors, [one.grams for one in read], targets, weights, groups, manner)
