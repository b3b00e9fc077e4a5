"""The documents say what is so, in both languages."""

import re
from pathlib import Path

import pytest

import inbox.app
import inbox.gateway.settings
from cases.settings import EnvironmentThenFile

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
    assert set(rows) - {"TREGUA_LOG"} == _settings()
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
