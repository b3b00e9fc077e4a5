"""Learning anew from the corpus and from what people corrected; only what is not worse is used.

    corrections | train | ask the old and the new model | judge | keep, and perhaps use

The newest corrections are left out of the training: they are the exam.
"""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cases import clock, db
from cases.correcting.taught import Taught, newest, taught
from cases.db import reading
from cases.settings import settings
from cases.taxonomy import following
from classifiers import encoder, examples, promotion, report, taxonomy, versions
from classifiers.classify import Model
from classifiers.classify import model as load
from classifiers.examples import CORPUS, Example
from classifiers.labels import Sentiment, Text
from classifiers.places import WORTH
from classifiers.promotion import Reason, Verdict
from classifiers.train import train
from inbox.intake import chosen

# What somebody here really wrote, and a person judged, counts more than a text made up.
WEIGHT = 3.0
# Each so many texts of the corpus tell how fast a model is.
PACE = 25
EXAM_SHARE, EXAM_MOST, EXAM_FROM = 5, 200, 10
Say = Callable[[str], None]


class AlreadyTraining(Exception):
    """Another process trains just now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a training."""

    version: str
    verdict: Verdict
    told: dict[str, Any]


def retrain(*, corpus: Path = CORPUS, say: Say = lambda line: None) -> Outcome:
    """Train, examine, and use what is not worse. Raises AlreadyTraining."""
    data = settings().data
    with _alone(versions.home(data)) as home:
        began = time.monotonic()
        lessons, exam, seen = _taught()
        with TemporaryDirectory(dir=home, prefix=".training-") as place:
            out = Path(place) / "model"
            about = train(out, corrections=to_learn(lessons), corpus=corpus, say=say)
            verdict, figures = _examined(out, exam, corpus)
            if verdict.reason is not Reason.UNCHANGED:
                _kept(data, out, verdict, figures)
        told = {
            "at": clock.now().isoformat(),
            "version": about["version"],
            "promoted": verdict.promoted,
            "reason": verdict.reason.value,
            "taught": len(lessons),
            "exam": len(exam),
            "seconds": round(time.monotonic() - began, 1),
            "correction": seen,
            "taxonomy": taxonomy.version(),
        }
        versions.note_latest(data, told)
        return Outcome(about["version"], verdict, told)


def _taught() -> tuple[list[Taught], list[Taught], int]:
    """What people taught, the exam, and the number of the newest correction."""
    if not db.there_is_one():
        return [], [], 0
    following.follow_now()
    with reading() as session:
        return *split(taught(session)), newest(session)


def split(found: Sequence[Taught]) -> tuple[list[Taught], list[Taught]]:
    """What is learned, and the newest fifth, which is asked for; few are all learned."""
    count = min(len(found) // EXAM_SHARE, EXAM_MOST) if len(found) >= EXAM_FROM else 0
    place = len(found) - count
    return list(found[:place]), list(found[place:])


def to_learn(lessons: Sequence[Taught]) -> list[Example]:
    """Corrections, and the examples that admins gave of leaves, as texts of the corpus."""
    learned = (example for one in lessons if (example := example_of(one)) is not None)
    return [*learned, *_told_by_admins()]


def example_of(one: Taught) -> Example | None:
    """A correction as a text of the corpus; None where its type is no longer in use."""
    known = taxonomy.taxonomy().today(one.type)
    leaf = known if known in taxonomy.codes() else None
    if leaf is None and not one.mood:
        return None
    language = one.language if one.language in examples.LANGUAGES else examples.LANGUAGES[0]
    mood = Sentiment(one.mood) if one.mood else None
    return Example(one.text, leaf, language, one.subject, sentiment=mood, weight=WEIGHT)


def _told_by_admins() -> Iterator[Example]:
    """The examples of leaves that the shipped tree does not have, or has with others."""
    shipped = taxonomy.shipped().leaves
    for leaf in taxonomy.leaves():
        known = shipped.get(leaf.code)
        for language, texts in leaf.examples.items():
            for text in texts:
                if known is None or text not in known.examples.get(language, ()):
                    yield Example(text, leaf.code, language)


def _examined(out: Path, exam: Sequence[Taught], corpus: Path) -> tuple[Verdict, dict[str, Any]]:
    """Ask the model in use and the new one, and judge."""
    used, fresh = chosen.model(), load(out)
    if used.version == fresh.version:
        return Verdict(False, Reason.UNCHANGED), {}
    frozen = examples.held_out(corpus)
    folder = versions.current(settings().data)
    before = worth(used, versions.read(folder / WORTH), frozen, exam)
    after = worth(fresh, versions.read(out / WORTH), frozen, exam)
    verdict = promotion.judge(
        promotion.worth(before, used.about), promotion.worth(after, fresh.about)
    )
    return verdict, after


def note(model: Model, folder: Path) -> None:
    """Keep the figures of a model that may be used here beside it, for the page."""
    data = settings().data
    if folder in {one.folder for one in versions.listed(data)}:
        figures = worth(model, versions.read(folder / WORTH), examples.held_out(), [])
        versions.note_worth(data, folder, {**versions.worth(data, folder), **figures})


def worth(
    model: Model, trained: dict[str, Any], frozen: Sequence[Example], exam: Sequence[Taught]
) -> dict[str, Any]:
    """The figures of a model: left out in training, on frozen texts, on corrections, and speed."""
    figures = {"model": model.version, "threshold": model.threshold, **trained}
    told: dict[str, Any] = {**figures, "degraded": not encoder.available()}
    asked = [Text(str(n), text.subject, text.text) for n, text in enumerate(frozen)]
    began = time.perf_counter()
    said = list(model.classify(asked or _some()))
    told["texts_per_s"] = round(len(said) / (time.perf_counter() - began), 1)
    if frozen:
        told["frozen"] = report.of_labels(list(zip(frozen, said, strict=True)), model.threshold)
    examined = [one for one in map(example_of, exam) if one is not None and one.type]
    if examined:
        asked = [Text(str(n), one.subject, one.text) for n, one in enumerate(examined)]
        said = list(model.classify(asked))
        right = sum(one.type == labels.type for one, labels in zip(examined, said, strict=True))
        told["corrections"] = {"texts": len(examined), "right": right}
    return told


def _some() -> list[Text]:
    """Texts to measure the speed with."""
    every = examples.to_learn()[::PACE]
    return [Text(str(n), text.subject, text.text) for n, text in enumerate(every)]


def _kept(data: Path, out: Path, verdict: Verdict, figures: dict[str, Any]) -> None:
    name = str(figures["model"]).removesuffix("-degraded")
    folder = versions.keep(data, out, name)
    versions.note_worth(data, folder, figures)
    if verdict.promoted:
        versions.use(data, name)


@contextmanager
def _alone(home: Path) -> Iterator[Path]:
    """One training at a time in a data folder."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise AlreadyTraining(str(home)) from busy
        yield home
