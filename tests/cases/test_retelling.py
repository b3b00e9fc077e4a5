"""Failures of lower layers reach people in their language."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cases import language
from cases.retelling import LONGEST, retold

ROOT = Path(__file__).parents[2]
PACKAGES = ("inbox", "bot", "cases", "classifiers")
# Programs ask the first two, and get English; the others are written in the reader's language.
NOT_HERE = ("inbox/api", "inbox/gateway", "inbox/web", "inbox/command")
_ABOUT_FAILURES = re.compile(r"except .* as |\braise |Exception\)|error=")
TEXTS = {"last_error", "error"}
"""Columns in which a failure is kept."""


@dataclass
class Source:
    """What of the source is about failures, each with the file that it stands in."""

    classes: dict[str, set[str]] = field(default_factory=dict)
    handlers: list[tuple[str, ast.ExceptHandler]] = field(default_factory=list)
    calls: list[tuple[str, ast.Call]] = field(default_factory=list)


def _source() -> Source:
    found = Source()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        name, text = str(path.relative_to(ROOT)), path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if _ABOUT_FAILURES.search(text) else ():
            if isinstance(node, ast.ClassDef):
                found.classes[node.name] = set(map(_last, node.bases))
            elif isinstance(node, ast.ExceptHandler) and node.name:
                found.handlers.append((name, node))
            elif isinstance(node, ast.Call):
                found.calls.append((name, node))
    return found


def _last(node: ast.expr | None) -> str:
    """The last part of a name with dots."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _retells(handler: ast.ExceptHandler) -> bool:
    """Whether what is caught there is told to somebody in its own words."""
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    calls = (node for node in inside if isinstance(node, ast.Call))
    named = [one for call in calls if _last(call.func) in ("str", "surprised") for one in call.args]
    named += [node.value for node in inside if isinstance(node, ast.FormattedValue)]
    return any(_last(one) == handler.name for one in named)


def _shown(source: Source) -> set[str]:
    """Our own failures whose words reach people, and what is derived from them."""
    found: set[str] = set()
    for name, handler in source.handlers:
        if _retells(handler) and not name.startswith(NOT_HERE[:2]):
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            found |= set(map(_last, kinds)) & set(source.classes)
    while more := {one for one, bases in source.classes.items() if bases & found} - found:
        found |= more
    return found


def _written(node: ast.expr) -> str:
    """A sentence as it stands in the source, with {} where a value is; "" if it is none."""
    if isinstance(node, ast.Call) and _last(node.func) == "_":
        # What is translated where it is raised is kept in English by a worker all the same.
        return re.sub(r"\{\w+\}", "{}", _written(node.args[0]))
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _sentences(source: Source) -> dict[str, str]:
    """Every sentence of a failure that people may read, and where it is written."""
    shown, found = _shown(source), {}
    for name, call in source.calls:
        said = [one.value for one in call.keywords if one.arg in TEXTS]
        if _last(call.func) in shown:
            said += call.args[:1]
        if not name.startswith(NOT_HERE):
            found |= {
                text: f"{name}:{call.lineno}" for one in said if " " in (text := _written(one))
            }
    return found


def _told() -> set[str]:
    entries = language.entries(language.folder("es") / "failures.po")
    return {re.sub(r"\{\w+\}", "{}", text) for text in entries}


def test_every_failure_that_people_read_can_be_told_in_spanish() -> None:
    # What lacks here belongs into templates/locale/es/failures.po, whatever other file has it.
    sentences, known = _sentences(_source()), _told()
    assert len(sentences) > 50
    assert {where: text for text, where in sentences.items() if text not in known} == {}


def test_pages_show_no_failure_as_it_was_kept() -> None:
    pages = (ROOT / "templates").rglob("*.html")
    raw = re.compile(r"\{\{[^}]*\b(?:last_error|\w+\.error)\b(?!\|retold)[^}]*\}\}")
    found = {path.name: raw.findall(path.read_text("utf-8")) for path in pages}
    # The console has words of its own for what is wrong with a list.
    allowed = "names.unreadable(one.error)"
    assert [one for some in found.values() for one in some if allowed not in one] == []


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (
            "the relay cannot be reached: [Errno 111] Connection refused",
            "no se puede llegar al servidor de salida: rechaza la conexión ([Errno 111])",
        ),
        ("550 5.1.1 no such user: ana", "550 5.1.1 no such user: ana"),
        ("timed out" * LONGEST, "timed out" * LONGEST),
    ],
)
def test_a_failure_is_retold_and_the_words_of_others_stay(kept: str, told: str) -> None:
    assert retold(kept) == kept
    with language.speaking("es"):
        assert retold(kept) == told
