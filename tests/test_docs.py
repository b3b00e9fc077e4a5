"""The documents say what is so, in both languages."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

import inbox.app
import inbox.gateway.settings
from cases.language import folder
from cases.settings import EnvironmentThenFile
from inbox.command import tregua

ROOT = Path(__file__).parents[1]
PAGES = ("docs/configuration.md", "docs/configuration.es.md")


def _settings() -> set[str]:
    assert inbox.app
    assert inbox.gateway.settings
    classes = EnvironmentThenFile.__subclasses__()
    return {f"TREGUA_{name.upper()}" for one in classes for name in one.model_fields}


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_is_documented_and_nothing_else(page: str) -> None:
    rows = re.findall(r"^\| `(TREGUA_\w+)` \|", (ROOT / page).read_text(), re.M)
    assert set(rows) == _settings()
    assert len(rows) == len(set(rows))


def test_the_numbers_of_both_pages_are_the_same() -> None:
    english, spanish = (
        re.findall(r"^\| `(TREGUA_\w+)` \| `([^`]+)` \|", (ROOT / page).read_text(), re.M)
        for page in PAGES
    )
    assert english == spanish


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


GUIDES = (
    *("agents", "marketing", "admin", "journeys"),
    *("alarms", "bots", "people", "promises", "rules"),
)
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_command_and_test_that_is_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for said in re.findall(r"(?:^|`|\./)tregua ([a-z][^`\n#|]*)", text, re.M):
        _is_a_command(said.split())
    for named in re.findall(r"`(test_\w+\.py)`", text):
        assert list((ROOT / "tests").rglob(named)), named
    for named in re.findall(r"`((?:inbox|bot|cases|classifiers|client|tests)/[^`\s]*)`", text):
        assert list(ROOT.glob(named)), named


def _is_a_command(words: list[str]) -> None:
    if words[0] in ("test", "check"):
        # The launcher itself knows these.
        return
    command: click.Command = tregua
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        if found is None:
            assert command.invoke_without_command or word.startswith("-") or word == "…", words
            break
        command = found
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    flags = {one.partition("=")[0] for one in words if re.match("--[a-z]", one)}
    wrong = flags - options
    assert not wrong, (words, wrong)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_calls_by_name_is_so_called_on_the_pages(guide: str) -> None:
    known = _words_of_the_pages()
    for language in ("en", "es"):
        page = ROOT / "docs" / (f"{guide}.md" if language == "en" else f"{guide}.es.md")
        prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.S)
        named = re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", prose)
        names = {" ".join(name.split()).lower() for name in named}
        # "Settings, Users" is a page inside another.
        unknown = {
            name
            for name in names - known[language]
            if not known[language].issuperset(name.split(", "))
        }
        assert not unknown, (page.name, unknown)


def _words_of_the_pages() -> dict[str, set[str]]:
    said: dict[str, set[str]] = {"en": set(), "es": set()}
    for path in folder("es").glob("*.po"):
        with path.open("rb") as file:
            for one in read_po(file):
                said["en"].add(str(one.id).lower())
                said["es"].add(str(one.string).lower())
    return said


def test_a_guide_has_a_twin_in_the_other_language() -> None:
    for guide in GUIDES:
        pages = (ROOT / "docs" / f"{guide}{end}" for end in (".md", ".es.md"))
        english, spanish = (page.read_text("utf-8") for page in pages)
        for mark in ("## ", "```", "| "):
            assert english.count(f"\n{mark}") == spanish.count(f"\n{mark}"), (guide, mark)


UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_runs_a_command_with_the_least_rights(unit: Path) -> None:
    said = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.M))
    words = said["ExecStart"].removeprefix("/opt/tregua/tregua ").replace("%i", "send").split()
    _is_a_command(words)
    assert (said["User"], said["ProtectSystem"], said["NoNewPrivileges"]) == (
        "tregua",
        "strict",
        "yes",
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own judge")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in (ROOT / "docs" / "systemd").rglob("tregua*"):
        name = unit.name.replace("@.", "@send.")
        text = unit.read_text("utf-8").replace("/opt/tregua/tregua", "/bin/true")
        (tmp_path / name).write_text(text, "utf-8")
        more = tmp_path / f"{name}.d"
        more.mkdir()
        if unit.parent.name == "systemd":
            shutil.copy(ROOT / "docs/systemd/watch/failing.conf", more)
    (tmp_path / "tregua-tell@.service").write_text(
        (ROOT / "docs/systemd/watch/tregua-tell@.service").read_text("utf-8"), "utf-8"
    )
    units = sorted(one for one in tmp_path.iterdir() if one.is_file())
    judged = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=yes", "--man=no", *units],
        capture_output=True, text=True, check=False, timeout=60,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    ours = [line for line in judged.stderr.splitlines() if "tregua" in line]
    assert (judged.returncode, ours) == (0, []), judged.stderr


def test_what_is_told_when_tregua_fails_is_not_told_by_tregua() -> None:
    watch = ROOT / "docs" / "systemd" / "watch"
    assert "sendmail" in (watch / "tregua-tell@.service").read_text("utf-8")
    assert "/readyz?workers=1" in (watch / "tregua-watch.service").read_text("utf-8")
    for language in ("", ".es"):
        guide = (ROOT / f"docs/admin{language}.md").read_text("utf-8")
        for one in watch.iterdir():
            assert one.name in guide, (language, one.name)


@pytest.mark.parametrize("page", ["docs/admin.md", "docs/admin.es.md"])
def test_the_guide_names_every_unit(page: str) -> None:
    named = set(re.findall(r"`(tregua-[\w-]+@?)\w*`", (ROOT / page).read_text("utf-8")))
    assert named == {unit.stem for unit in UNITS} - {"tregua"}
