"""Sentence vectors and n-grams, added up: the model inside `textcat` and the heads."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, NORM
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Linear, Model, SparseLinear_v2
from thinc.types import Floats2d

from classifiers import encoder, heads
from classifiers.ngrams import Grams, fold, gathered, grams
from classifiers.nlp.rules import folded_words
from classifiers.tone import WIDTH as TONE_WIDTH
from classifiers.tone import tone

# The subject and this much of the beginning tell the type best.
TELLING = 500
# The encoder is slow, so it hears how a text begins, and of a longer one how a beginning as long
# as this ends: there it says what is wanted.
ENCODED = 350
BEGINNING = 230
FAR = 800
# The first sentence is heard once more: it is a title, or says what the rest is about.
OPENING = 160
# What is this short is all opening.
ROOM = 200
BREAK = re.compile(r"[.!?]\s|\n")
BUCKETS = 2**15
FEWER_BUCKETS = 2**13
# Where a document keeps how far its telling part goes, its numbers, and what the heads said.
TOLD = "tregua.telling"
FEATURES = "tregua.features"
HEADS = "tregua.heads"
# What a mixture looks at, and how many numbers that is.
WIDTHS = {"matter": 2 * encoder.WIDTH, "mood": encoder.WIDTH + TONE_WIDTH}


@dataclass(frozen=True, slots=True)
class Features:
    """One text as numbers: its sentence vector, that of its opening, its tone and its n-grams."""

    vector: NDArray[np.float32]
    opening: NDArray[np.float32]
    tone: NDArray[np.float32]
    grams: Grams

    @property
    def matter(self) -> NDArray[np.float32]:
        """What the type is found from."""
        return np.concatenate([self.vector, self.opening])

    @property
    def mood(self) -> NDArray[np.float32]:
        """What the heads look at: how somebody feels shows in single words and marks too."""
        return np.concatenate([self.vector, self.tone])


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found for one mixture of sentence vectors and n-grams."""

    dense: NDArray[np.float32]
    bias: NDArray[np.float32]
    sparse: NDArray[np.float32]
    lexical_alone: float


def features(docs: Sequence[Doc]) -> list[Features]:
    """The numbers of each document, worked out once and kept on it."""
    new = [doc for doc in docs if FEATURES not in doc.user_data]
    ends = [doc.user_data.get(TOLD, TELLING) for doc in new]
    tellings = [doc.text[:end] for doc, end in zip(new, ends, strict=True)]
    # The encoder takes capitals for other words, so that a shouted complaint would read as praise.
    heard = [heard_of(doc.text, end - TELLING).lower() for doc, end in zip(new, ends, strict=True)]
    vectors, openings = _encoded(heard)
    for doc, telling, vector, first in zip(new, tellings, vectors, openings, strict=True):
        found = doc.to_array([NORM, IDX])
        words = found[found[:, 1] < len(telling), 0] if len(doc) else np.zeros(0, np.uint64)
        letters = grams(fold(telling), words)
        voice = tone(telling, folded_words(doc))
        doc.user_data[FEATURES] = Features(vector, first, voice, letters)
    return [doc.user_data[FEATURES] for doc in docs]


def heard_of(text: str, subject: int) -> str:
    """What the encoder hears of a text whose subject is so long."""
    if len(text) <= subject + ENCODED:
        return text
    far = text[subject + BEGINNING : subject + FAR]
    return f"{text[: subject + BEGINNING]} {far[BEGINNING - ENCODED :]}"


def opening(telling: str) -> str:
    """The first sentence; where a title stands alone before the text, that is the title."""
    start = telling.lstrip(" .!?¡¿\n\t")
    found = BREAK.search(start)
    return start[: min(found.end() if found else OPENING, OPENING)].strip()


def _encoded(tellings: Sequence[str]) -> tuple[encoder.Vectors, encoder.Vectors]:
    """The vector of each text and of its opening; of what is short, the same twice."""
    vectors = encoder.encode(tellings)
    firsts = vectors.copy()
    long = [place for place, telling in enumerate(tellings) if len(telling) > ROOM]
    if long:
        firsts[long] = encoder.encode([opening(tellings[place]) for place in long])
    return vectors, firsts


@registry.architectures("tregua.TextCatSentenceEncoder.v1")
def sentence_textcat(buckets: int, nO: int | None = None) -> Model[list[Doc], Floats2d]:  # noqa: N803
    """Spoken probabilities: frozen sentence vectors and hashed n-grams, added up, then softmax."""
    return _mixture(buckets, nO, exclusive=True, view="matter")


def take(model: Model[list[Doc], Floats2d], learned: Weights) -> None:
    """Put learned weights into a mixture."""
    vectors, letters = model.layers
    learned_values: tuple[tuple[Model[Any, Any], str, Any], ...] = (
        (vectors, "W", learned.dense),
        (vectors, "b", learned.bias),
        (letters, "W", learned.sparse),
        (letters, "b", np.zeros_like(learned.bias)),
    )
    for layer, name, value in learned_values:
        layer.set_param(name, value)
    model.attrs["lexical_alone"] = learned.lexical_alone


def _mixture(
    buckets: int, outputs: int | None, *, exclusive: bool, view: str
) -> Model[list[Doc], Floats2d]:
    layers: list[Model[Floats2d, Floats2d]] = [
        Linear(outputs, WIDTHS[view]),
        SparseLinear_v2(outputs, buckets),
    ]
    return Model(
        "tregua_mixture",
        _forward,
        init=_initialise,
        layers=layers,
        dims={"nO": outputs},
        attrs={
            "exclusive": exclusive,
            "view": view,
            "lexical_alone": 1.0,
            "multi_label": False,
        },
    )


def _initialise(
    model: Model[list[Doc], Floats2d],
    X: object = None,  # noqa: N803
    Y: Floats2d | None = None,  # noqa: N803
) -> None:
    if Y is not None:
        model.set_dim("nO", Y.shape[1], force=True)
    for layer in model.layers:
        layer.set_dim("nO", model.get_dim("nO"), force=True)
        layer.initialize()
    model.layers[0].set_param(
        "W", model.ops.alloc2f(model.get_dim("nO"), model.layers[0].get_dim("nI"))
    )


def _forward(
    model: Model[list[Doc], Floats2d], docs: list[Doc], is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[Doc]]]:
    read = features(docs)
    vectors = np.stack([getattr(one, model.attrs["view"]) for one in read])
    dense, learn_dense = model.layers[0](vectors, is_train)
    sparse, learn_sparse = model.layers[1](gathered([one.grams for one in read]), is_train)
    alone = model.attrs["lexical_alone"]
    scores: Floats2d = dense + sparse if encoder.available() else sparse * alone

    def learn(gradient: Floats2d) -> list[Doc]:
        learn_dense(gradient)
        learn_sparse(np.ascontiguousarray(gradient, dtype=np.float32))
        return docs

    return (model.ops.softmax(scores) if model.attrs["exclusive"] else scores), learn


class Heads:
    """Complaint, sentiment, anger and urgency, from the features the type was found with."""

    def __init__(self) -> None:
        self.model = _mixture(FEWER_BUCKETS, heads.WIDTH, exclusive=False, view="mood")
        self.model.initialize()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        waiting = iter(stream)
        while docs := list(islice(waiting, batch_size)):
            for doc, scores in zip(docs, self.model.predict(docs), strict=True):
                doc.user_data[HEADS] = scores
            yield from docs

    def to_disk(self, path: Path, *, exclude: Sequence[str] = ()) -> None:
        self.model.to_disk(path)

    def from_disk(self, path: Path, *, exclude: Sequence[str] = ()) -> "Heads":
        self.model.from_disk(path)
        return self


@Language.factory("tregua_heads")
def _heads(nlp: Language, name: str) -> Heads:
    return Heads()
