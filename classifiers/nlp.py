"""The spaCy pipeline: complaint type, small heads and phrase rules over one reading of a text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.attrs import IDX, LOWER, NORM, ORTH
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry
from thinc.api import Linear, Model, SparseLinear_v2
from thinc.types import Floats2d

from classifiers import encoder, heads, phrases, taxonomy
from classifiers.ngrams import Grams, fold, gathered, grams
from classifiers.signals import Hit

# The subject and the beginning of what was written tell the type best; rules read on.
TELLING = 500
READABLE = 5_000
BUCKETS = 2**15
FEWER_BUCKETS = 2**13
_TELLING = "tregua.telling"
_FEATURES = "tregua.features"
_HEADS = "tregua.heads"
_HITS = "tregua.hits"
_WORDS = "tregua.words"
COMMON = "words.txt"


# Half of a surrogate pair is no letter, and spaCy refuses it.
_HALF_LETTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Features:
    """One text as numbers: its sentence vector and its n-grams."""

    vector: NDArray[np.float32]
    grams: Grams


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found for one mixture of sentence vectors and n-grams."""

    dense: NDArray[np.float32]
    bias: NDArray[np.float32]
    sparse: NDArray[np.float32]
    lexical_alone: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the pipeline says about one text."""

    types: NDArray[np.float32]
    heads: NDArray[np.float32]
    hits: tuple[Hit, ...]
    words: tuple[str, ...]


def pipeline() -> Language:
    """An untrained pipeline with all labels of the taxonomy."""
    nlp = spacy.blank("xx")
    # Shape, prefix and the like are worked out for every new word, and nothing here asks for them.
    nlp.vocab.lex_attr_getters = {NORM: fold, LOWER: str.lower}  # type: ignore[attr-defined]
    architecture = {"@architectures": "tregua.TextCatSentenceEncoder.v1", "buckets": BUCKETS}
    textcat = nlp.add_pipe("textcat", config={"model": architecture})
    nlp.add_pipe("tregua_heads")
    nlp.add_pipe("tregua_rules")
    known = dict.fromkeys(taxonomy.codes(), 0.0)
    # spaCy wants to see one text before it settles how wide the output is.
    sample = Example.from_dict(nlp.make_doc("."), {"cats": {**known, taxonomy.codes()[0]: 1.0}})
    textcat.initialize(lambda: [sample], labels=list(known))  # type: ignore[attr-defined]
    return nlp


def load(folder: Path) -> Language:
    """The pipeline with the weights and the common words that training left in the folder."""
    nlp = pipeline().from_disk(folder, exclude=["vocab"])
    # Words met here are kept; all others are forgotten after each batch and cost time anew.
    nlp.make_doc((folder / COMMON).read_text(encoding="utf-8"))
    return nlp


def write(folder: Path, types: Weights, moods: Weights, common: Iterable[str]) -> None:
    """A folder with a pipeline of these weights that knows these words."""
    nlp = pipeline()
    _take(nlp.get_pipe("textcat").model, types)  # type: ignore[attr-defined]
    _take(nlp.get_pipe("tregua_heads").model, moods)  # type: ignore[attr-defined]
    nlp.to_disk(folder, exclude=["vocab"])
    (folder / COMMON).write_text(" ".join(common) + "\n", encoding="utf-8")


def read_features(
    nlp: Language, texts: Iterable[tuple[str, str]], *, batch: int = 64
) -> list[Features]:
    """Only the numbers of each text: what training starts from."""
    waiting = iter(texts)
    found: list[Features] = []
    while pairs := list(islice(waiting, batch)):
        with nlp.memory_zone():
            found += features([document(nlp, subject, body) for subject, body in pairs])
    return found


def read(nlp: Language, texts: Iterable[tuple[str, str]], *, batch: int = 64) -> Iterator[Reading]:
    """Read pairs of subject and body, a batch at a time; words are forgotten after each."""
    waiting = iter(texts)
    while pairs := list(islice(waiting, batch)):
        with nlp.memory_zone():
            docs = [document(nlp, subject, body) for subject, body in pairs]
            readings = [_reading(doc) for doc in nlp.pipe(docs, batch_size=batch)]
        yield from readings


def document(nlp: Language, subject: str, body: str) -> Doc:
    """Subject and body as one document that knows how far its telling part goes."""
    lead = f"{subject.strip()}. "[:TELLING] if subject.strip() else ""
    doc = nlp.make_doc(_HALF_LETTER.sub("\ufffd", lead + body[:READABLE]))
    doc.user_data[_TELLING] = len(lead) + TELLING
    return doc


def features(docs: Sequence[Doc]) -> list[Features]:
    """The numbers of each document, worked out once and kept on it."""
    new = [doc for doc in docs if _FEATURES not in doc.user_data]
    tellings = [doc.text[: doc.user_data.get(_TELLING, TELLING)] for doc in new]
    # The encoder takes capitals for other words, so that a shouted complaint would read as praise.
    vectors = encoder.encode([telling.lower() for telling in tellings])
    for doc, telling, vector in zip(new, tellings, vectors, strict=True):
        found = doc.to_array([NORM, IDX])
        words = found[found[:, 1] < len(telling), 0] if len(doc) else np.zeros(0, np.uint64)
        doc.user_data[_FEATURES] = Features(vector, grams(fold(telling), words))
    return [doc.user_data[_FEATURES] for doc in docs]


@registry.architectures("tregua.TextCatSentenceEncoder.v1")
def sentence_textcat(buckets: int, nO: int | None = None) -> Model[list[Doc], Floats2d]:  # noqa: N803
    """Spoken probabilities: frozen sentence vectors and hashed n-grams, added up, then softmax."""
    return _mixture(buckets, nO, exclusive=True)


def _take(model: Model[list[Doc], Floats2d], learned: Weights) -> None:
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


def _mixture(buckets: int, outputs: int | None, *, exclusive: bool) -> Model[list[Doc], Floats2d]:
    layers: list[Model[Floats2d, Floats2d]] = [
        Linear(outputs, encoder.WIDTH),
        SparseLinear_v2(outputs, buckets),
    ]
    return Model(
        "tregua_mixture",
        _forward,
        init=_initialise,
        layers=layers,
        dims={"nO": outputs},
        attrs={"exclusive": exclusive, "lexical_alone": 1.0, "multi_label": False},
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
    model.layers[0].set_param("W", model.ops.alloc2f(model.get_dim("nO"), encoder.WIDTH))


def _forward(
    model: Model[list[Doc], Floats2d], docs: list[Doc], is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[Doc]]]:
    read = features(docs)
    vectors = np.stack([one.vector for one in read])
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
        self.model = _mixture(FEWER_BUCKETS, heads.WIDTH, exclusive=False)
        self.model.initialize()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        waiting = iter(stream)
        while docs := list(islice(waiting, batch_size)):
            for doc, scores in zip(docs, self.model.predict(docs), strict=True):
                doc.user_data[_HEADS] = scores
            yield from docs

    def to_disk(self, path: Path, *, exclude: Sequence[str] = ()) -> None:
        self.model.to_disk(path)

    def from_disk(self, path: Path, *, exclude: Sequence[str] = ()) -> "Heads":
        self.model.from_disk(path)
        return self


class Rules:
    """The phrase tables, matched word by word on small letters without accents."""

    def __init__(self, nlp: Language) -> None:
        for compound in ("e-mail", "e-mails", "e-mailing", "opt-out", "rip-off"):
            for spelling in (compound, compound.capitalize()):
                nlp.tokenizer.add_special_case(spelling, [{ORTH: spelling}])  # type: ignore[union-attr]
        self.exact = PhraseMatcher(nlp.vocab, attr="NORM")
        for rule, lines in phrases.literal().items():
            self.exact.add(rule, [nlp.make_doc(line) for line in lines])

    def __call__(self, doc: Doc) -> Doc:
        strings = doc.vocab.strings
        found = {(strings[rule], start, end) for rule, start, end in self.exact(doc)}
        # spaCy's Matcher says the same of the looser lines, but takes as long as the encoder.
        found.update(phrases.loose(_words(doc)))
        hits = (Hit(rule, doc[start:end].text, start, end) for rule, start, end in found)
        doc.user_data[_HITS] = tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.rule)))
        return doc


@Language.factory("tregua_heads")
def _heads(nlp: Language, name: str) -> Heads:
    return Heads()


@Language.factory("tregua_rules")
def _rules(nlp: Language, name: str) -> Rules:
    return Rules(nlp)


def _reading(doc: Doc) -> Reading:
    types = np.fromiter((doc.cats.get(code, 0.0) for code in taxonomy.codes()), np.float32)
    return Reading(types, doc.user_data[_HEADS], doc.user_data[_HITS], _words(doc))


def _words(doc: Doc) -> tuple[str, ...]:
    """The folded words; asking each token for its own takes ten times as long."""
    if _WORDS not in doc.user_data:
        strings = doc.vocab.strings
        norms = doc.to_array([NORM]).ravel() if len(doc) else ()
        doc.user_data[_WORDS] = tuple([str(strings[int(norm)]) for norm in norms])
    known: tuple[str, ...] = doc.user_data[_WORDS]
    return known
