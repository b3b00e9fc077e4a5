"""What a model is worth on texts it has not learned from: figures as plain values."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifiers import certainty, encoder, examples, taxonomy
from classifiers.classify import Model
from classifiers.examples import Example
from classifiers.labels import Labels, Text

Pair = tuple[Example, Labels]


def evaluate(model: Model, corpus: Path = examples.CORPUS) -> dict[str, Any]:
    """All figures on the held-out texts of a corpus, and what training found by leaving out."""
    return {**figures(model, examples.held_out(corpus)), "left_out": dict(model.about)}


def figures(model: Model, texts: Sequence[Example]) -> dict[str, Any]:
    """All figures on some texts, over all and by language."""
    asked = [Text(str(place), text.subject, text.text) for place, text in enumerate(texts)]
    began = time.perf_counter()
    pairs = list(zip(texts, model.classify(asked), strict=True))
    took = time.perf_counter() - began
    languages = {code: worth([p for p in pairs if p[0].language == code]) for code in _seen(texts)}
    strict = [one["strict"] for one in languages.values()]
    return {
        "model": model.version,
        "degraded": not encoder.available(),
        "threshold": model.threshold,
        **worth(pairs),
        "languages": languages,
        "gap": round(max(strict, default=0.0) - min(strict, default=0.0), 4),
        "leaves": leaves(pairs),
        "confusion": confusion(pairs),
        "texts_per_s": round(len(texts) / took, 1) if texts else 0.0,
    }


def worth(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The figures that fit on a line; those of the type on texts that have one."""
    return {**_types([pair for pair in pairs if pair[0].type]), **moods(pairs)}


def _types(pairs: Sequence[Pair]) -> dict[str, Any]:
    if not pairs:
        return {"texts": 0, "strict": 0.0}
    sure = np.array([labels.probability for _, labels in pairs], np.float32)
    fine = np.array([labels.type in text.acceptable for text, labels in pairs])
    alone = np.array([not labels.needs_review for _, labels in pairs])
    named = [text.type in {one.type for one in labels.top3} for text, labels in pairs]
    return {
        "texts": len(pairs),
        "strict": _share([text.type == labels.type for text, labels in pairs]),
        "lenient": _share(fine),
        "top3": _share(named),
        "macro_f1": _mean([one["f1"] for one in leaves(pairs).values() if one["texts"]]),
        "coverage": _share(alone),
        "acceptable_when_alone": _share(fine[alone]),
        "calibration_error": round(certainty.calibration_error(sure, fine), 4),
    }


def moods(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Complaint, sentiment, anger and urgency, on the texts that have the label."""
    told = [(t.complaint, x.complaint) for t, x in pairs if t.complaint is not None]
    angry = [(t.anger >= 2, x.anger) for t, x in pairs if t.anger is not None]
    urgent = [(t.urgency >= 2, x.urgency) for t, x in pairs if t.urgency is not None]
    polar = [(str(t.sentiment), str(x.sentiment)) for t, x in pairs if t.sentiment is not None]
    return {
        "complaint_auc": auc(told),
        "anger_auc": auc(angry),
        "urgency_auc": auc(urgent),
        "sentiment_macro_f1": _mean([f1(polar, label) for label in sorted({t for t, _ in polar})]),
    }


def leaves(pairs: Sequence[Pair]) -> dict[str, Any]:
    """F1 of each leaf, and how many texts it rests on."""
    types = [(text.type, labels.type) for text, labels in pairs if text.type]
    return {
        code: {"f1": round(f1(types, code), 4), "texts": sum(t == code for t, _ in types)}
        for code in taxonomy.codes()
    }


def confusion(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """True leaf -> leaf that was said -> how often."""
    counts = Counter((text.type, labels.type) for text, labels in pairs if text.type)
    table: dict[str, dict[str, int]] = {}
    for (true, said), count in sorted(counts.items()):
        table.setdefault(true, {})[said] = count
    return table


def f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    """The harmonic mean of precision and recall; 0.0 where neither exists."""
    hits = sum(true == said == label for true, said in pairs)
    either = sum((true == label) + (said == label) for true, said in pairs)
    return 2 * hits / either if either else 0.0


def auc(pairs: Sequence[tuple[bool, float]]) -> float | None:
    """How often a yes is graded above a no; None where one of them is missing."""
    yes = np.array([grade for truth, grade in pairs if truth])
    no = np.sort([grade for truth, grade in pairs if not truth])
    if not len(yes) or not len(no):
        return None
    below = np.searchsorted(no, yes, side="left") + np.searchsorted(no, yes, side="right")
    return round(float(below.mean() / 2 / len(no)), 4)


def lines(figures: dict[str, Any]) -> list[str]:
    """The figures for people."""
    plain = [f"{name}: {value}" for name, value in figures.items() if not isinstance(value, dict)]
    tongues = [f"{code}: {values}" for code, values in figures["languages"].items()]
    by_leaf = [
        f"{code}: F1 {one['f1']}, {one['texts']} texts" for code, one in figures["leaves"].items()
    ]
    left_out = [f"in training, left out: {figures['left_out']}"] if "left_out" in figures else []
    return [*plain, *tongues, *by_leaf, *left_out]


def _seen(texts: Sequence[Example]) -> list[str]:
    return sorted({text.language for text in texts})


def _share(truths: Sequence[bool] | np.ndarray[Any, Any]) -> float:
    return round(float(np.mean(truths)), 4) if len(truths) else 0.0


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
