"""`tregua train`, `evaluate` and `model` from the command line."""

import json

import pytest
from click.testing import CliRunner

from cases.settings import settings
from classifiers import versions
from classifiers.places import ABOUT, MODEL
from inbox.command.training import evaluate, model, train

pytestmark = pytest.mark.slow

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ran(command, *words):
    return CliRunner().invoke(command, words, catch_exceptions=False)


@SQLITE
def test_evaluate_speaks_json_and_leaves_its_figures_for_the_page(installation):
    result = ran(evaluate, "--json")
    assert result.exit_code == 0
    assert {"strict", "leaves", "confusion", "languages", "texts_per_s"} <= set(
        json.loads(result.stdout)
    )
    kept = versions.worth(settings().data, MODEL)
    assert kept["texts_per_s"] > 0
    assert kept["left_out"]["texts"] > 3000


@SQLITE
def test_one_of_the_kept_models_is_chosen_and_the_one_before_comes_back(installation):
    fresh = settings().data / "fresh"
    fresh.mkdir()
    (fresh / ABOUT).write_text('{"version": "1.0-abc", "strict": 0.5}')
    versions.keep(settings().data, fresh, "1.0-abc")
    assert ran(model, "back").exit_code == 1
    assert ran(model, "use", "1.0-abc").exit_code == 0
    shown = ran(model, "list").stdout.splitlines()
    assert [line[0] for line in shown] == [" ", "*"]
    assert "strict 0.5" in shown[1]
    told = json.loads(ran(model, "list", "--json").stdout)
    assert [one["name"] for one in told["models"] if one["in_use"]] == ["1.0-abc"]
    assert "shipped" in ran(model, "back").stdout
    refused = ran(model, "use", "nothing")
    assert refused.exit_code == 1
    assert "tregua model list" in refused.stderr


def test_train_says_where_the_model_went_and_what_it_is_worth(tmp_path):
    corpus = tmp_path / "corpus" / "es"
    corpus.mkdir(parents=True)
    rows = [{"text": f"cobro {n}", "type": "money.billing"} for n in range(12)]
    rows += [{"text": f"paquete {n}", "type": "fulfil.delivery"} for n in range(12)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (corpus / "a.jsonl").write_text(text, encoding="utf-8")
    out = tmp_path / "model"
    result = CliRunner().invoke(
        train, ["--out", str(out), "--corpus", str(tmp_path / "corpus")], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert "strict: " in result.stdout
    assert (out / "about.json").exists()
