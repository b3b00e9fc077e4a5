"""The spaCy pipeline: complaint type, small heads and phrase rules over one reading of a text."""

# Before anything here asks for spaCy.
import classifiers.nlp.lean  # noqa: F401

# isort: split
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.attrs import LOWER, NORM
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from classifiers import taxonomy
from classifiers.ngrams import fold
from classifiers.nlp import mixture, rules
from classifiers.nlp.mixture import Features, Weights
from classifiers.signals import Hit

# The rules read on behind the telling part, but not for ever.
READABLE = 4_000
COMMON = "words.txt"

Pipeline = Language
# Half of a surrogate pair is no letter, and spaCy refuses it.
_HALF_LETTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the pipeline says about one text."""

    types: NDArray[np.float32]
    heads: NDArray[np.float32]
    hits: tuple[Hit, ...]
    words: tuple[str, ...]


def pipeline(codes: Sequence[str] = ()) -> Pipeline:
    """An untrained pipeline with those labels, or all of the taxonomy."""
    nlp = spacy.blank("xx")
    # Shape, prefix and the like are worked out for every new word, and nothing here asks for them.
    nlp.vocab.lex_attr_getters = {NORM: fold, LOWER: str.lower}  # type: ignore[attr-defined]
    architecture = {
        "@architectures": "tregua.TextCatSentenceEncoder.v1",
        "buckets": mixture.BUCKETS,
    }
    textcat = nlp.add_pipe("textcat", config={"model": architecture})
    nlp.add_pipe("tregua_heads")
    nlp.add_pipe("tregua_rules")
    known = dict.fromkeys(codes or taxonomy.codes(), 0.0)
    # spaCy wants to see one text before it settles how wide the output is.
    sample = Example.from_dict(nlp.make_doc("."), {"cats": {**known, next(iter(known)): 1.0}})
    textcat.initialize(lambda: [sample], labels=list(known))  # type: ignore[attr-defined]
    return nlp


def load(folder: Path) -> Pipeline:
    """The pipeline with the weights and the common words that training left in the folder."""
    learned = json.loads((folder / "textcat" / "cfg").read_text(encoding="utf-8"))["labels"]
    nlp = pipeline(learned).from_disk(folder, exclude=["vocab"])
    # Words met here are kept; all others are forgotten after each batch and cost time anew.
    nlp.make_doc((folder / COMMON).read_text(encoding="utf-8"))
    return nlp


def write(folder: Path, types: Weights, moods: Weights, common: Iterable[str]) -> None:
    """A folder with a pipeline of these weights that knows these words."""
    nlp = pipeline()
    mixture.take(nlp.get_pipe("textcat").model, types)  # type: ignore[attr-defined]
    mixture.take(nlp.get_pipe("tregua_heads").model, moods)  # type: ignore[attr-defined]
    nlp.to_disk(folder, exclude=["vocab"])
    (folder / COMMON).write_text(" ".join(common) + "\n", encoding="utf-8")


def read_features(
    nlp: Pipeline, texts: Iterable[tuple[str, str]], *, batch: int = 64
) -> list[Features]:
    """Only the numbers of each text: what training starts from."""
    waiting = iter(texts)
    found: list[Features] = []
    while pairs := list(islice(waiting, batch)):
        with nlp.memory_zone():
            found += mixture.features([document(nlp, subject, body) for subject, body in pairs])
    return found


def read(nlp: Pipeline, texts: Iterable[tuple[str, str]], *, batch: int = 64) -> Iterator[Reading]:
    """Read pairs of subject and body, a batch at a time; words are forgotten after each."""
    waiting = iter(texts)
    while pairs := list(islice(waiting, batch)):
        with nlp.memory_zone():
            docs = [document(nlp, subject, body) for subject, body in pairs]
            readings = [_reading(doc) for doc in nlp.pipe(docs, batch_size=batch)]
        yield from readings


def document(nlp: Pipeline, subject: str, body: str) -> Doc:
    """Subject and body as one document that knows how far its telling part goes."""
    lead = f"{subject.strip()}. "[: mixture.TELLING] if subject.strip() else ""
    doc = nlp.make_doc(_HALF_LETTER.sub("\ufffd", lead + body[:READABLE]))
    doc.user_data[mixture.TOLD] = len(lead) + mixture.TELLING
    return doc


def _reading(doc: Doc) -> Reading:
    types = np.fromiter(taxonomy.folded(doc.cats).values(), np.float32)
    return Reading(
        types, doc.user_data[mixture.HEADS], doc.user_data[rules.HITS], rules.folded_words(doc)
    )
