"""From a corpus to a model: the same input gives the same bytes, and corrections count."""

import json

import numpy as np
import pytest

from classifiers import certainty, dense, examples
from classifiers.classify import Model, model
from classifiers.evaluate import auc, f1, figures
from classifiers.examples import Example
from classifiers.heads import softmax
from classifiers.labels import Text
from classifiers.train import train

pytestmark = pytest.mark.slow

WORDS = {
    "money.billing": ["cobro doble en la factura", "me cobraron de más", "cargo que no entiendo"],
    "fulfil.delivery": ["el paquete no llega", "envío perdido", "el repartidor no vino"],
    "info.question": ["a qué hora abren", "cuánto cuesta el envío", "tienen tienda en Vigo"],
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "es").mkdir()
    rows = [
        {"text": f"{text} {end}", "type": code, "anger": int(code != "info.question")}
        for end in ("", "hoy", "por favor", "otra vez", "ayer", "de nuevo")
        for code, texts in WORDS.items()
        for text in texts
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "es" / "a.jsonl").write_text(lines, encoding="utf-8")
    return folder


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_training_twice_gives_the_same_bytes_and_a_model_that_fits_a_package(corpus, tmp_path):
    first = train(tmp_path / "one", corpus=corpus, workers=1)
    second = train(tmp_path / "two", corpus=corpus, workers=2)
    assert first == second
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert sum(map(len, contents(tmp_path / "one").values())) <= 3_000_000


def test_a_correction_changes_the_model_and_its_name(corpus, tmp_path):
    wrong = "se me ha roto el jarrón azul"
    corrections = [Example(wrong, "fulfil.product", "es", weight=5.0)] * 5
    about = train(tmp_path / "new", corpus=corpus, corrections=corrections, workers=1)
    taught: Model = model(tmp_path / "new")
    (labels,) = taught.classify([Text("1", "", wrong)])
    assert labels.type == "fulfil.product"
    assert labels.model == about["version"]


def test_figures_tell_right_from_wrong():
    texts = [
        Example("Me cobraron dos veces la factura", "money.billing", "es", complaint=True),
        Example("What time do you open on Sundays?", "info.question", "en", complaint=False),
        Example("Where is my parcel?", "other.other", "en", also=("fulfil.delivery",)),
    ]
    found = figures(model(), texts)
    assert found["texts"] == 3
    assert found["strict"] <= found["lenient"]
    assert found["complaint_auc"] == 1.0
    assert set(found["languages"]) == {"es", "en"}
    assert sum(sum(row.values()) for row in found["confusion"].values()) == 3


def test_the_shipped_model_was_made_of_the_corpus_as_it_is():
    about = json.loads((model.__wrapped__.__defaults__[0] / "about.json").read_text())
    assert about["texts"] == len(examples.to_learn())


def test_the_area_under_the_curve_counts_pairs_in_the_right_order():
    assert auc([(True, 0.9), (False, 0.1)]) == 1.0
    assert auc([(True, 0.1), (False, 0.9)]) == 0.0
    assert auc([(True, 0.5), (False, 0.5)]) == 0.5
    assert auc([(True, 0.5)]) is None


def test_f1_of_a_label_nobody_named_is_zero():
    assert f1([("a", "a"), ("b", "a")], "a") == pytest.approx(2 / 3)
    assert f1([("a", "a")], "b") == 0.0


def test_the_threshold_is_the_lowest_that_keeps_the_promise():
    sure = np.linspace(1, 0, 100).astype(np.float32)
    right = np.arange(100) < 60
    assert certainty.threshold(sure, right) == pytest.approx(float(sure[62]))
    assert certainty.threshold(sure, np.zeros(100, bool)) == 1.0


def test_a_model_twice_too_sure_is_cooled_to_what_it_knows():
    chance = np.random.default_rng(1)
    scores = chance.normal(size=(2000, 3)).astype(np.float32)
    truth = np.array([chance.choice(3, p=row / row.sum()) for row in softmax(scores).astype(float)])
    assert certainty.temperature(scores * 2, truth) == pytest.approx(2.0, rel=0.15)


def test_being_sure_means_that_one_of_the_labels_would_do():
    chance = np.random.default_rng(2)
    scores = chance.normal(size=(2000, 3)).astype(np.float32) * 2
    best = softmax(scores).max(axis=1)
    fine = chance.random(2000) < best
    acceptable = np.zeros((2000, 3), bool)
    acceptable[np.arange(2000), scores.argmax(axis=1)] = fine
    assert certainty.confidence(scores, acceptable) == pytest.approx(1.0, rel=0.15)
    assert certainty.confidence(scores, np.ones((2000, 3), bool)) < 0.3


def test_regression_finds_the_line_between_two_groups():
    points = np.array([[1, 0], [2, 0], [-1, 0], [-2, 0]], np.float32)
    goal = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    weights, bias = dense.fit(points, goal, np.ones(4, np.float32), decay=1e-3)
    assert ((points @ weights.T + bias).argmax(axis=1) == [0, 0, 1, 1]).all()
