"""From the corpus and what agents corrected to a model in a folder: same input, same bytes."""

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import certainty, examples, heads, lessons, nlp, report, taxonomy
from classifiers.examples import Example
from classifiers.heads import Floats
from classifiers.lessons import Learned, Lesson, Manner
from classifiers.nlp.mixture import Features, Weights
from classifiers.places import ABOUT, MODEL, WORTH

FOLDS = 3
ASIDE = -1
# Neighbours in a file are alike, so they go into the same fold together.
NEIGHBOURS = 10
SLICE = 500
COMMON = 2

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A mixture ready to be used, and what its parts said of texts they had not seen."""

    weights: Weights
    unseen: Floats


def train(
    out: Path = MODEL,
    *,
    corrections: Sequence[Example] = (),
    corpus: Path = examples.CORPUS,
    say: Say = lambda line: None,
    workers: int = 2,
) -> dict[str, Any]:
    """Learn everything anew and write the model; what is known about it is returned too."""
    began = time.monotonic()
    own = examples.to_learn(corpus)
    texts = [*own, *corrections]
    say(f"{len(texts)} texts")
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawning) as pool:
        asked = [*texts, *examples.words()]
        parts = [asked[start : start + SLICE] for start in range(0, len(asked), SLICE)]
        read = [one for part in pool.map(features, parts) for one in part]
        say(f"read in {time.monotonic() - began:.1f} s")
        of_texts, of_words = read[: len(texts)], read[len(texts) :]
        both = (lessons.types(texts, of_texts), lessons.moods(texts, of_texts, of_words))
        jobs = [pool.submit(_fitted, lesson, fold) for lesson in both for fold in range(FOLDS + 1)]
        done = [job.result() for job in jobs]
    types = _mixed(both[0], done[: FOLDS + 1])
    moods = _mixed(both[1], done[FOLDS + 1 :])
    say(f"learned in {time.monotonic() - began:.1f} s")
    about = _about(texts, types.unseen)
    # What customers wrote stays out of the words that are kept as they are written.
    nlp.write(out, types.weights, moods.weights, common_words(own))
    worth = report.left_out(own, heads.softmax(types.unseen), about)
    for name, told in ((ABOUT, about), (WORTH, worth)):
        text = json.dumps(told, indent=2, sort_keys=True) + "\n"
        (out / name).write_text(text, encoding="utf-8")
    return about


def common_words(texts: Sequence[Example]) -> list[str]:
    """The words that a reader of our mail had better know by heart, each as it is written."""
    counts = Counter(word for text in texts for word in text.text.split())
    return sorted(word for word, count in counts.items() if count >= COMMON)


def features(texts: Sequence[Example]) -> list[Features]:
    """The numbers of each text, in a process of their own."""
    pipeline = nlp.pipeline()
    return nlp.read_features(pipeline, [(text.subject, text.text) for text in texts])


def _fitted(lesson: Lesson, left_out: int) -> tuple[Learned, list[Floats] | None]:
    """Fitted without one fold, with the scores of that fold; without none at all for the last."""
    folds = _folds(lesson)
    learned = lessons.fit(lesson.only(np.flatnonzero(folds != left_out)))
    unseen = np.flatnonzero(folds == left_out)
    return learned, (learned.scores(lesson.only(unseen)) if len(unseen) else None)


def _folds(lesson: Lesson) -> NDArray[np.intp]:
    """The fold of each text; what is put aside is in none, so that all learn from it."""
    folds = np.arange(len(lesson.weights)) // NEIGHBOURS % FOLDS
    folds[lesson.texts :] = ASIDE
    return folds


def _mixed(lesson: Lesson, done: Sequence[tuple[Learned, Any]]) -> Mixed:
    """Bring all parts, then their sum, to probabilities that hold on unseen texts."""
    folds = _folds(lesson)
    said = np.zeros((len(lesson.views) + 1, *lesson.targets.shape), np.float32)
    for fold in range(FOLDS):
        said[:, folds == fold] = done[fold][1]
    final = done[FOLDS][0]
    scale = np.ones((len(said), lesson.targets.shape[1]), np.float32)
    for group in lesson.groups:
        known = np.flatnonzero(lesson.targets[:, group].sum(axis=1) * (folds != ASIDE))
        if len(known):
            goal = lesson.targets[known, group]
            scale[:, group] = _scales(said[:, known, group], goal, lesson.manner)[:, None]
    parts = [*final.dense, final.sparse]
    scaled = zip(scale, final.dense, strict=False)
    weights = Weights(
        dense=np.hstack([part.weights * by[:, None] for by, part in scaled]),
        bias=np.sum([part.bias * by for by, part in zip(scale, parts, strict=True)], axis=0),
        sparse=final.sparse.weights * np.repeat(scale[-1], lesson.manner.buckets),
        lexical_alone=1.0 / lesson.manner.lexical,
    )
    return Mixed(weights, (said * scale[:, None]).sum(axis=0))


def _scales(said: Floats, goal: Floats, manner: Manner) -> Floats:
    """What to multiply each part by."""
    truth = goal.argmax(axis=1)
    cool = np.array([certainty.temperature(part, truth) for part in said], np.float32)
    shares = np.array([*manner.shares, manner.lexical], np.float32) / cool
    together = np.tensordot(shares, said, axes=1)
    # A second label that would do is no mistake, so being sure means that one of them is right.
    scales: Floats = shares / np.float32(certainty.confidence(together, goal > 0))
    return scales


def _about(texts: Sequence[Example], unseen: Floats) -> dict[str, Any]:
    """What is known of the model: its name, its threshold, how it did on texts left out."""
    codes = taxonomy.codes()
    chances = heads.softmax(unseen)
    said = [
        (codes[row.argmax()], row.max(), text)
        for row, text in zip(chances, texts, strict=True)
        if text.type
    ]
    sure = np.array([chance for _, chance, _ in said], np.float32)
    right = np.array([code == text.type for code, _, text in said])
    fine = np.array([code in text.acceptable for code, _, text in said])
    tau = certainty.threshold(sure, fine)
    content = json.dumps([asdict(text) for text in texts], sort_keys=True).encode()
    return {
        "version": f"{taxonomy.version()}-{sha256(content).hexdigest()[:8]}",
        "taxonomy": taxonomy.version(),
        "texts": len(texts),
        "threshold": round(tau, 4),
        "strict": round(float(right.mean()), 4),
        "lenient": round(float(fine.mean()), 4),
        "coverage": round(float((sure >= tau).mean()), 4),
        "calibration_error": round(certainty.calibration_error(sure, fine), 4),
    }
