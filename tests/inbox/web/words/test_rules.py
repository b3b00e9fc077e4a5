"""Why a mail is in its case is said in the reader's language, whichever rule told it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.language import speaking
from inbox.web.words.rules import said

ROOT = Path(__file__).parents[4]
PLACES = [*ROOT.glob("inbox/intake/**/*.py"), *ROOT.glob("cases/filing/*.py")]


def _rules() -> Iterator[str]:
    """What stands behind an origin, or behind the case of a match, in the code that tells it."""
    for path in PLACES:
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or len(call.args) < 2:
                continue
            first, second = call.args[:2]
            tells = ast.unparse(first).startswith("Origin.") or ast.unparse(call.func) == "Match"
            if tells and isinstance(second, ast.Constant) and isinstance(second.value, str):
                yield second.value


def test_every_rule_that_has_words_has_them_in_spanish() -> None:
    rules = {rule for rule in _rules() if not rule.lower().startswith("x-")}
    assert len(rules) > 35
    with speaking("es"):
        assert {rule for rule in rules if said(rule) == rule} == set()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("registered bot tienda", "bot registrado (tienda)"),
        ("bot rule (tienda (es))", "regla de un bot (tienda (es))"),
        (
            "it sounds like a machine: 4 seconds after ours, the same words again",
            "suena a contestador: 4 segundos después del nuestro, las mismas palabras otra vez",
        ),
        ("auto-submitted: bounce", "auto-submitted: bounce"),
        ("", ""),
    ],
)
def test_names_and_header_lines_in_a_rule_stay_as_they_came(rule: str, words: str) -> None:
    with speaking("es"):
        assert said(rule) == words
