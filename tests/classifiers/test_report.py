"""Figures that a page can draw, from what was said of texts whose type people know."""

import numpy as np
import pytest

from classifiers import report, taxonomy
from classifiers.examples import Example
from classifiers.report import Judged

BILL, LATE = "money.billing", "fulfil.delivery"


def judged(truth, said, sure, language="es", *, fine=None):
    return Judged(language, truth, truth == said if fine is None else fine, said, sure, True)


def test_each_leaf_has_its_precision_recall_and_f1():
    rows = [judged(BILL, BILL, 0.9), judged(BILL, LATE, 0.6), judged(LATE, LATE, 0.9)]
    found = report.leaves(rows)
    assert found[BILL] == {"texts": 2, "recall": 0.5, "precision": 1.0, "f1": 0.6667}
    assert found[LATE]["precision"] == 0.5
    assert found["info.question"]["f1"] == 0.0
    assert report.confusion(rows) == {BILL: {BILL: 1, LATE: 1}, LATE: {LATE: 1}}


def test_languages_are_told_apart_and_so_is_the_gap_between_them():
    rows = [judged(BILL, BILL, 0.9), judged(BILL, BILL, 0.9, "en"), judged(BILL, LATE, 0.9, "en")]
    found = report.figures(rows, 0.8)
    assert (found["languages"]["es"]["strict"], found["languages"]["en"]["strict"]) == (1.0, 0.5)
    assert found["gap"] == 0.5


def test_a_higher_threshold_leaves_more_to_people_and_less_to_chance():
    rows = [judged(BILL, BILL, 0.95), judged(BILL, LATE, 0.5), judged(LATE, LATE, 0.75)]
    found = report.figures(rows, 0.7)
    assert (found["coverage"], found["acceptable_when_alone"]) == (0.6667, 1.0)
    shares = [point["share"] for point in found["curve"]]
    assert shares == sorted(shares, reverse=True)
    assert [point["texts"] for point in found["calibration"]] == [1, 1, 1]


def test_what_training_left_out_is_told_without_texts_of_customers():
    texts = [Example("factura", BILL, "es"), Example("hola", None, "es")]
    chances = np.full((3, len(taxonomy.codes())), 0.01, np.float32)
    chances[0, taxonomy.codes().index(BILL)] = 0.9
    found = report.left_out(texts, chances, {"version": "1", "threshold": 0.8})
    assert found["left_out"]["texts"] == 1
    assert found["left_out"]["strict"] == 1.0
    assert found["left_out"]["calibration_error"] == pytest.approx(0.1)


def test_nothing_measured_is_nothing_claimed():
    assert report.figures([], 0.8)["texts"] == 0
