"""The rules of the house that a machine can check."""

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("inbox", "bot", "cases", "classifiers", "bootstrap")
VAGUE = {
    *("base", "common", "core", "data", "handler", "handlers", "helper", "helpers", "item"),
    *("items", "lib", "main", "manager", "managers", "misc", "models", "obj", "process"),
    *("service", "services", "shared", "stuff", "tools", "util", "utils", "views"),
}
# Modules that hide one of the standard library when a file beside them is run directly.
HIDING = {"calendar", "email", "logging", "parser", "queue", "threading", "types"}
TEXTS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
LONGEST_JOB = 12


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines from `def` to the last, without the docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or 0) - docstring.lineno + 1
    return lines


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path, *wanted: str) -> list[str]:
    """Where a method of that name, or `Name.method`, is called."""
    found = []
    last = {word.rpartition(".")[2] for word in wanted}
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in last:
            whole = ast.unparse(node.func)
            if node.func.attr in wanted or any(whole.endswith(word) for word in wanted):
                found.append(f"{name(path)}:{node.lineno}")
    return found


def test_every_module_opens_with_a_sentence():
    silent = []
    for path in modules(*PRODUCT, "tests", "migrations"):
        words = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0]
        if not words.strip().endswith((".", ":", "?")):
            silent.append(name(path))
    assert silent == []


def test_no_module_has_a_vague_name_or_hides_the_standard_library():
    paths = modules(*PRODUCT)
    names = {path.stem for path in paths} | {path.parent.name for path in paths}
    assert names & (VAGUE | HIDING) == set()


def test_modules_are_short():
    lengths = {path: path.read_text().count("\n") for path in modules(*PRODUCT, "client", "tests")}
    assert [name(path) for path, lines in lengths.items() if lines > 400] == []
    product = [lines for path, lines in lengths.items() if "tests" not in path.parts]
    assert statistics.median(product) <= 90


def test_functions_are_short():
    lengths = {
        f"{name(path)}:{function.name}": length(function)
        for path in modules(*PRODUCT, "client", "tests")
        for function in functions(path)
    }
    assert {where: lines for where, lines in lengths.items() if lines > 40} == {}
    product = [lines for where, lines in lengths.items() if not where.startswith("tests")]
    assert statistics.median(product) <= 8


def test_only_the_database_module_commits():
    allowed = "cases/db.py"
    found = [where for path in modules(*PRODUCT) for where in calls(path, "commit", "rollback")]
    assert [where for where in found if not where.startswith(allowed)] == []


def test_only_the_clock_asks_what_time_it_is():
    wanted = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
    found = [where for path in modules(*PRODUCT) for where in calls(path, *wanted)]
    assert [where for where in found if not where.startswith("cases/clock.py")] == []


def test_jobs_are_names_for_calls():
    long = {
        f"{name(path)}:{function.name}": length(function)
        for path in modules(*PRODUCT)
        if path.name == "jobs.py"
        for function in functions(path)
        if length(function) > LONGEST_JOB
    }
    assert long == {}


def test_no_error_is_swallowed_without_a_word():
    swallowed = [
        f"{name(path)}:{node.lineno}"
        for path in modules(*PRODUCT, "tests")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert swallowed == []


def test_nothing_is_left_to_do_in_a_comment():
    left = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    found = [
        f"{name(path)}:{number}"
        for path in modules(*PRODUCT, "tests", "migrations")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if left.search(line)
    ]
    assert found == []


def test_every_mail_we_write_exists_in_both_languages():
    wanted = {f"{part}.{language}.txt" for part in ("subject", "body") for language in ("es", "en")}
    folders = [path for path in (ROOT / "templates/mail").glob("*") if path.is_dir()]
    lacking = {
        folder.name: wanted - {path.name for path in folder.iterdir()}
        for folder in folders
        if not wanted <= {path.name for path in folder.iterdir()}
    }
    assert lacking == {}


def spoken() -> dict[str, str]:
    """Every text for people, and a place where it is said."""
    found = {}
    for path in [*modules("inbox", "bot", "cases"), *(ROOT / "templates").rglob("*.html")]:
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            for line, ids, _, _ in extract(method, file, keywords=TEXTS):
                for text in ids if isinstance(ids, tuple) else (ids,):
                    found[text] = f"{name(path)}:{line}"
    return found


def in_spanish() -> set[str]:
    ready = set()
    for path in (ROOT / "templates/locale/es").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                said = message.string if isinstance(message.string, tuple) else (message.string,)
                if all(said) and not message.fuzzy:
                    ready.update(ids)
    return ready


def test_everything_we_say_can_be_said_in_spanish():
    ready = in_spanish()
    assert {where: text for text, where in spoken().items() if text not in ready} == {}


def test_no_text_is_said_in_two_ways():
    # The files are read one after the other, so that the last would win everywhere.
    said: dict[str, set[str]] = {}
    for path in (ROOT / "templates/locale/es").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    said.setdefault(str(message.id), set()).add(str(message.string))
    assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}


def test_a_translation_keeps_the_names_to_be_filled_in():
    def named(text):
        return set(re.findall(r"\{(\w+)\}", text))

    for path in (ROOT / "templates/locale/es").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.string:
                    assert named(message.id) == named(message.string), message.id


def test_a_page_in_spanish_has_its_english_twin():
    alone = [
        name(path)
        for path in [*ROOT.glob("*.es.md"), *(ROOT / "docs").rglob("*.es.md")]
        if not path.with_name(path.name.replace(".es.md", ".md")).exists()
    ]
    assert alone == []
    assert (ROOT / "README.es.md").exists()


@pytest.mark.parametrize("lock", sorted((ROOT / "bootstrap").glob("*.txt")), ids=lambda p: p.name)
def test_the_locks_pin_and_hash_everything_and_name_no_host(lock):
    text = lock.read_text()
    packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert "://" not in text
    assert all("==" in line for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)


def locked(lock: str) -> set[str]:
    lines = (ROOT / "bootstrap" / lock).read_text().splitlines()
    return {line.split("==")[0] for line in lines if "==" in line and not line.startswith(" ")}


def wanted(lines: list[str]) -> set[str]:
    names = {re.split(r"[\[<>=; ]", line)[0] for line in lines}
    return {name.lower().replace("_", "-").replace(".", "-") for name in names}


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert wanted(project["project"]["dependencies"]) <= locked("requirements.txt")
    assert wanted(project["dependency-groups"]["dev"]) <= locked("requirements-dev.txt")
    assert locked("requirements.txt") <= locked("requirements-dev.txt")
    assert locked("requirements-build.txt") == {"setuptools"}
