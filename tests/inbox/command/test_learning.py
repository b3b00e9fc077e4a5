"""`tregua classify` from the command line."""

import json
import os
import subprocess
import sys

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


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kB on Linux alone")
def test_it_needs_no_more_than_300_mb(tmp_path):
    line = json.dumps({"id": 1, "subject": "Factura", "body": "Me cobraron dos veces. " * 40})
    texts = tmp_path / "texts.jsonl"
    texts.write_text(f"{line}\n" * 300)
    with texts.open() as source, (tmp_path / "labels.jsonl").open("w") as told:
        command = (sys.executable, "-m", "inbox", "classify", "--jsonl")
        process = subprocess.Popen(command, stdin=source, stdout=told)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert used.ru_maxrss < 300_000
