"""What is to be learned, as numbers: features of the texts and the targets of each head."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classifiers import dense, examples, heads, sentiment, sparse, taxonomy
from classifiers.examples import Example
from classifiers.heads import Floats
from classifiers.ngrams import Grams
from classifiers.nlp.mixture import BUCKETS, FEWER_BUCKETS, Features

SECOND_LABEL = 0.2
CHATTER = "other.other"
IDLE = 0.2
# A complaint is negative for what it is about; how somebody feels is better learned from posts.
MATTER = 0.6
# Weight decay is given for a corpus of this size: more texts need less of it.
USUAL = 4500
BALANCE = 0.5


@dataclass(frozen=True, slots=True)
class Manner:
    """How a lesson is learned.

    Decays are how strictly each group of targets is, shares how much of the mixture each view of
    vectors is.
    """

    buckets: int
    epochs: int
    decays: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def lexical(self) -> float:
        """What is left for the n-grams."""
        return 1.0 - sum(self.shares)


# Found by leaving out every third block of texts. What a mail is about shows in its words too;
# how somebody feels shows in the sentence. Strangers put a feeling in other words than we do, so
# sentiment is learned more strictly than what shows in our own texts would ask for.
ABOUT_TYPES = Manner(buckets=BUCKETS, epochs=4, decays=(7e-5,), shares=(0.45, 0.25))
STRICTER = {"sentiment": 2e-3}
ABOUT_MOODS = Manner(
    buckets=FEWER_BUCKETS,
    epochs=3,
    decays=tuple(STRICTER.get(head, 6e-4) for head in heads.HEADS),
    shares=(0.9,),
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts as numbers, and what people said of them; a group of zeros means nobody said."""

    views: tuple[Floats, ...]
    grams: Sequence[Grams]
    targets: Floats
    weights: Floats
    groups: tuple[slice, ...]
    manner: Manner
    aside: int = 0
    """So many of the last are words alone: learned from, but nobody is asked about them."""

    def only(self, chosen: NDArray[np.intp]) -> "Lesson":
        views = tuple(view[chosen] for view in self.views)
        grams = [self.grams[place] for place in chosen]
        targets, weights = self.targets[chosen], self.weights[chosen]
        aside = int((chosen >= self.texts).sum())
        return Lesson(views, grams, targets, weights, self.groups, self.manner, aside)

    @property
    def texts(self) -> int:
        """How many are texts, and not words put aside."""
        return len(self.weights) - self.aside


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mixture as it was fitted."""

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """A part for each view of sentence vectors, and one for the n-grams."""

    dense: tuple[Part, ...]
    sparse: Part

    def scores(self, lesson: Lesson) -> list[Floats]:
        """What each part says by itself, the n-grams last."""
        pairs = zip(lesson.views, self.dense, strict=True)
        seen = [view @ part.weights.T + part.bias for view, part in pairs]
        return [*seen, sparse.scores(lesson.grams, self.sparse.weights, self.sparse.bias)]


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
    views = (np.stack([one.vector for one in read]), np.stack([one.opening for one in read]))
    lesson = _lesson(texts, read, views, targets, (slice(0, len(places)),), ABOUT_TYPES)
    # Mail holds less chatter than our corpus, so a text of chatter weighs less than a mail.
    lesson.weights[[text.type is None for text in texts]] *= IDLE
    return lesson


def moods(texts: Sequence[Example], read: Sequence[Features], words: Sequence[Features]) -> Lesson:
    """Complaint, sentiment, anger and urgency, each from the texts that have the label.

    How glad a word of the polarity lists is tells the vectors what gladness is. Its tone is left
    out: the lists would only confirm themselves.
    """
    texts = [*texts, *examples.words()]
    read = [*read, *(replace(word, tone=np.zeros_like(word.tone)) for word in words)]
    targets = np.zeros((len(texts), heads.WIDTH), np.float32)
    for head, place in heads.columns():
        for row, text in enumerate(texts):
            grade = _grade(text, head)
            if grade is not None:
                matter = head == "sentiment" and text.type is not None
                targets[row, place.start + grade] = MATTER if matter else 1.0
    groups = tuple(place for _, place in heads.columns())
    views = (np.stack([one.mood for one in read]),)
    lesson = _lesson(texts, read, views, targets, groups, ABOUT_MOODS)
    return replace(lesson, aside=len(words))


def fit(lesson: Lesson) -> Learned:
    """Each part on its own: they are averaged, not taught to lean on each other."""
    # The n-grams of a word alone are those of the texts that it is in.
    letters = sparse.fit(
        lesson.grams[: lesson.texts],
        lesson.targets[: lesson.texts],
        lesson.weights[: lesson.texts],
        lesson.groups,
        buckets=lesson.manner.buckets,
        epochs=lesson.manner.epochs,
    )
    return Learned(tuple(_seen(lesson, view) for view in lesson.views), Part(*letters))


def _seen(lesson: Lesson, view: Floats) -> Part:
    """What one view of the texts teaches, each group of targets from the texts that have it."""
    width = lesson.targets.shape[1]
    part = Part(np.zeros((width, view.shape[1]), np.float32), np.zeros(width, np.float32))
    for group, decay in zip(lesson.groups, lesson.manner.decays, strict=True):
        known = np.flatnonzero(lesson.targets[:, group].sum(axis=1))
        if len(known):
            goal = lesson.targets[known, group]
            part.weights[group], part.bias[group] = dense.fit(
                view[known],
                goal / goal.sum(axis=1, keepdims=True),
                lesson.weights[known] * _rarity(goal),
                decay=decay * USUAL / len(known),
            )
    return part


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
    views: tuple[Floats, ...],
    targets: Floats,
    groups: tuple[slice, ...],
    manner: Manner,
) -> Lesson:
    weights = np.array([text.weight for text in texts], np.float32)
    return Lesson(views, [one.grams for one in read], targets, weights, groups, manner)
