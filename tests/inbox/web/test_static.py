"""What the browser loads: known, licensed, light, and legible in both themes."""

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from inbox.web import style
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "static"


def _packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def test_what_others_wrote_is_what_we_noted_and_has_its_licence() -> None:
    noted = tomllib.loads((STATIC / "vendor/VENDOR.toml").read_text())
    for place, about in noted.items():
        assert hashlib.sha256((ROOT / place).read_bytes()).hexdigest() == about["sha256"], place
        assert re.search(r"@\d+\.\d+\.\d+$", about["package"])
        assert about["integrity"].startswith("sha512-")
    there = {f"static/vendor/{path.name}" for path in (STATIC / "vendor").iterdir()}
    ours = {"static/vendor/VENDOR.toml", "static/vendor/vendor.py"}
    assert there - ours - {"static/vendor/__pycache__"} <= set(noted)
    packages = {about["package"] for about in noted.values()}
    licensed = {about["package"] for about in noted.values() if about["file"] == "LICENSE"}
    assert packages == licensed


def test_scripts_and_styles_are_light(visitor: Visitor) -> None:
    assert {path.stem for path in STATIC.glob("*.js")} == set(style.SCRIPTS)
    scripts, styles = (
        len(gzip.compress(visitor.get(f"/{name}").data, 6)) for name in ("script.js", "style.css")
    )
    assert scripts + _packed(STATIC / "vendor/htmx.min.js") <= 30_000
    assert styles <= 14_000


@pytest.mark.parametrize("path", ["/sign-in", "/inbox/all", "/cases/{case}"])
def test_a_first_visit_loads_little_and_only_from_us(enter: Enter, path: str) -> None:
    admin = enter(ADMIN)
    page = admin.get(path.format(case=case_about("Factura").id))
    parts = set(re.findall(r"/(?:static/|style\.css|script\.js)[^\"#]+", page.text))
    weight = len(gzip.compress(page.data, 6))
    for part in parts:
        with admin.get(part) as loaded:
            weight += len(gzip.compress(loaded.data, 6))
    assert weight <= 120_000
    assert len(parts) + 1 <= 12


def test_a_fragment_of_a_case_is_light(enter: Enter) -> None:
    page = enter(ADMIN).get(f"/cases/{case_about('Llamadas a deshora').id}", partial=True)
    assert len(gzip.compress(page.data, 6)) <= 15_000


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    there = set(re.findall(r'id="i-([\w-]+)"', (STATIC / "icons.svg").read_text()))
    used = set()
    for path in (ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r'ui\.(?:icon|empty)\(\s*"([\w-]+)"', path.read_text()))
    for path in (ROOT / "inbox/web").rglob("*.py"):
        used |= set(re.findall(r'Chip\(\s*"([\w-]+)"', path.read_text()))
    assert used - there == set()


def _tokens() -> dict[str, tuple[str, str]]:
    text = (STATIC / "css/tokens.css").read_text()
    return {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    }


def _brightness(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_brightness(one), _brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("bg", "surface", "raised", "hover", "chosen")
READ = [(ink, ground) for ink in ("ink", "dim", "accent") for ground in GROUNDS]
READ += [
    (tone, f"{tone}-soft") for tone in ("danger", "warn", "ok", "bot", "truce", "note", "market")
]
READ += [(tone, "surface") for tone in ("danger", "warn", "ok", "bot", "truce", "note", "market")]
READ += [
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("ink", "note-soft"),
    ("ink", "bot-wash"),
]
READ += [("dim", "bot-wash"), ("ink", "warn-soft"), ("ink", "sunken"), ("dim", "sunken")]
DRAWN = [("line-strong", ground) for ground in GROUNDS]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_everything_can_be_read_in_both_themes(theme: int) -> None:
    tokens = _tokens()
    weak = {
        (one, other): round(_contrast(tokens[one][theme], tokens[other][theme]), 2)
        for pairs, least in ((READ, 4.5), (DRAWN, 3.0))
        for one, other in pairs
        if _contrast(tokens[one][theme], tokens[other][theme]) < least
    }
    assert weak == {}
