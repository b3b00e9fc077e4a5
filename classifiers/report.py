"""What a model said of texts whose type people know, as figures that a page can draw. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifiers import certainty, taxonomy
from classifiers.examples import Example
from classifiers.heads import Floats
from classifiers.labels import Labels

BINS = 10
THRESHOLDS = tuple(step / 20 for step in range(6, 20))


@dataclass(frozen=True, slots=True)
class Judged:
    """One text of a known type, and what was said of it."""

    language: str
    truth: str
    fine: bool
    """What was said is the type of the text, or another that would do."""
    said: str
    sure: float
    named: bool
    """The type is among the three most probable."""

    @property
    def right(self) -> bool:
        return self.said == self.truth


def left_out(texts: Sequence[Example], chances: Floats, about: Mapping[str, Any]) -> dict[str, Any]:
    """What training knows by itself: each text judged by a model that had not learned from it."""
    codes = taxonomy.codes()
    rows = []
    for text, row in zip(texts, chances[: len(texts)], strict=True):
        if text.type:
            best = [codes[place] for place in np.argsort(-row, kind="stable")[:3]]
            rows.append(_judged(text, best, float(row.max())))
    threshold = float(about["threshold"])
    return {
        "model": about["version"],
        "threshold": threshold,
        "left_out": figures(rows, threshold),
    }


def of_labels(pairs: Sequence[tuple[Example, Labels]], threshold: float) -> dict[str, Any]:
    """The same of what a model said."""
    rows = [
        _judged(text, [one.type for one in labels.top3], labels.probability)
        for text, labels in pairs
        if text.type
    ]
    return figures(rows, threshold)


def _judged(text: Example, best: Sequence[str], sure: float) -> Judged:
    truth = text.type or ""
    fine = best[0] in text.acceptable
    return Judged(text.language, truth, fine, best[0], sure, truth in best)


def figures(rows: Sequence[Judged], threshold: float) -> dict[str, Any]:
    """Everything the page shows of some texts."""
    by_language = {
        language: _shares([row for row in rows if row.language == language], threshold)
        for language in sorted({row.language for row in rows})
    }
    strict = [one["strict"] for one in by_language.values()]
    return {
        **_shares(rows, threshold),
        "languages": by_language,
        "gap": round(max(strict, default=0.0) - min(strict, default=0.0), 4),
        "leaves": leaves(rows),
        "confusion": confusion(rows),
        "calibration": calibration(rows),
        "curve": curve(rows),
    }


def _shares(rows: Sequence[Judged], threshold: float) -> dict[str, Any]:
    alone = [row for row in rows if row.sure >= threshold]
    sure = np.array([row.sure for row in rows], np.float32)
    fine = np.array([row.fine for row in rows], bool)
    f1s = [one["f1"] for one in leaves(rows).values() if one["texts"]]
    return {
        "texts": len(rows),
        "strict": _share([row.right for row in rows]),
        "lenient": _share([row.fine for row in rows]),
        "top3": _share([row.named for row in rows]),
        "macro_f1": round(sum(f1s) / len(f1s), 4) if f1s else 0.0,
        "coverage": round(len(alone) / len(rows), 4) if rows else 0.0,
        "acceptable_when_alone": _share([row.fine for row in alone]),
        "calibration_error": round(certainty.calibration_error(sure, fine), 4) if rows else 0.0,
    }


def leaves(rows: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Of each leaf: how many texts, how often it was found, how often it was meant, and F1."""
    truths, said = Counter(row.truth for row in rows), Counter(row.said for row in rows)
    hits = Counter(row.truth for row in rows if row.right)
    return {
        code: {
            "texts": truths[code],
            "recall": _ratio(hits[code], truths[code]),
            "precision": _ratio(hits[code], said[code]),
            "f1": _ratio(2 * hits[code], truths[code] + said[code]),
        }
        for code in taxonomy.codes()
    }


def confusion(rows: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """True leaf -> leaf that was said -> how often."""
    table: dict[str, dict[str, int]] = {}
    for (truth, said), count in sorted(Counter((row.truth, row.said) for row in rows).items()):
        table.setdefault(truth, {})[said] = count
    return table


def calibration(rows: Sequence[Judged]) -> list[dict[str, Any]]:
    """By tenths of certainty: how sure it was there, and how often that was acceptable."""
    bins: dict[int, list[Judged]] = {}
    for row in rows:
        bins.setdefault(min(int(row.sure * BINS), BINS - 1), []).append(row)
    return [
        {
            "from": place / BINS,
            "texts": len(some),
            "sure": round(sum(row.sure for row in some) / len(some), 4),
            "fine": _share([row.fine for row in some]),
        }
        for place, some in sorted(bins.items())
    ]


def curve(rows: Sequence[Judged]) -> list[dict[str, float]]:
    """By threshold: which share would be tagged without asking, and how much of it acceptably."""
    found = []
    for threshold in THRESHOLDS:
        alone = [row for row in rows if row.sure >= threshold]
        if alone:
            share, fine = len(alone) / len(rows), _share([row.fine for row in alone])
            found.append({"threshold": threshold, "share": round(share, 4), "fine": fine})
    return found


def _share(truths: Sequence[bool]) -> float:
    return _ratio(sum(truths), len(truths))


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
