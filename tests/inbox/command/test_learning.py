"""`tregua classify` from the command line."""

import json

import pytest
from click.testing import CliRunner

from inbox.command.learning import classify

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
