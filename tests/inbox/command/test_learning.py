"""`tregua classify`, `train` and `evaluate` from the command line."""

import json

import pytest
from click.testing import CliRunner

from inbox.command.learning import classify, evaluate, train

FIELDS = {
    *("id", "lang", "type", "secondary", "p", "top3", "p_complaint", "p_negative", "sentiment"),
    *("anger", "urgency", "signals", "needs_review", "model"),
}


def classified(*lines):
    result = CliRunner().invoke(classify, ["--jsonl"], input="\n".join(lines) + "\n")
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_every_line_is_answered_with_all_fields():
    result, answers = classified(
        json.dumps({"id": 7, "subject": "Factura", "body": "Me cobraron dos veces. ¡Ladrones!"}),
        json.dumps({"id": "b", "subject": None, "body": ""}),
    )
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == ["7", "b"]
    assert set(answers[0]) == FIELDS
    assert answers[0]["lang"] == "es"
    assert len(answers[0]["top3"]) == 3
    assert answers[1]["needs_review"] is True


@pytest.mark.parametrize("bad", ["not json", "[1, 2]", '{"id": 1, "body": 5}', "[" * 100_000])
def test_a_bad_line_is_named_and_the_others_are_answered(bad):
    good = json.dumps({"id": "x", "body": "Where is my order?"})
    result, answers = classified(good, bad, good)
    assert result.exit_code == 1
    assert len(answers) == 2
    assert result.stderr.startswith(("line 2: ", "línea 2: "))


def test_without_input_there_is_no_output():
    result, answers = classified("")
    assert result.exit_code == 0
    assert answers == []


def test_evaluate_speaks_json():
    result = CliRunner().invoke(evaluate, ["--json"])
    assert result.exit_code == 0
    assert {"strict", "leaves", "confusion", "languages", "texts_per_s"} <= set(
        json.loads(result.stdout)
    )


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
