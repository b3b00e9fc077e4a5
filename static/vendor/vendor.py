#!/usr/bin/env python3
"""Fetches the browser's libraries and icons: `vendor.py update` (needs npm), `vendor.py check`."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent
ROOT = STATIC.parent
LIST = HERE / "VENDOR.toml"
# Package at an exact version: file in the package -> where it goes.
WANTED = {
    "htmx.org@4.0.1": {
        "dist/htmx.min.js": "static/vendor/htmx.min.js",
        "LICENSE": "static/vendor/htmx.LICENSE",
    },
    "axe-core@4.14.1": {
        "axe.min.js": "tests/assets/axe.min.js",
        "LICENSE": "tests/assets/axe.LICENSE",
    },
}
ICONS = "lucide-static@1.62.0"
SPRITE = "static/icons.svg"
ICONS_LICENSE = "static/vendor/lucide.LICENSE"
NAMES = """alarm-clock alarm-clock-off angry archive arrow-left at-sign bell bot chart-column check
chevron-down chevron-right circle-alert circle-check circle-help circle-pause clock code
cog copy corner-up-right download ellipsis-vertical eye file-text frown hash hourglass
image-off inbox keyboard languages layers list-checks list-filter log-out mail mail-plus
mail-x mails megaphone meh menu merge monitor moon palmtree paperclip pause phone plus
printer reply rotate-cw search send settings shield-alert smile split sticky-note sun
tag triangle-alert undo-2 user user-plus user-x users x zap""".split()


def update() -> None:
    """Fetch everything, verify it, write it and note what it is."""
    noted = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, files in WANTED.items():
            content, integrity = packed(package, Path(folder))
            for name, place in files.items():
                noted[place] = write(place, read(content, name), package, name, integrity)
        content, integrity = packed(ICONS, Path(folder))
        noted[SPRITE] = write(SPRITE, sprite(content), ICONS, "icons/*.svg", integrity)
        text = read(content, "LICENSE")
        noted[ICONS_LICENSE] = write(ICONS_LICENSE, text, ICONS, "LICENSE", integrity)
    LIST.write_text("\n".join(entry(place, about) for place, about in sorted(noted.items())))


def packed(package: str, folder: Path) -> tuple[tarfile.TarFile, str]:
    """The package as the registry has it, its integrity verified."""
    command = ["npm", "pack", package, "--json", "--loglevel=error", "--pack-destination"]
    said = json.loads(subprocess.check_output([*command, str(folder)], text=True))
    about = said[0] if isinstance(said, list) else next(iter(said.values()))
    path = folder / about["filename"]
    algorithm, _, wanted = about["integrity"].partition("-")
    found = base64.b64encode(hashlib.new(algorithm, path.read_bytes()).digest()).decode()
    if found != wanted:
        sys.exit(f"{package}: the integrity is not the one the registry names")
    return tarfile.open(path), about["integrity"]


def read(content: tarfile.TarFile, name: str) -> bytes:
    """One file of a package."""
    file = content.extractfile(f"package/{name}")
    if file is None:
        sys.exit(f"there is no {name}")
    return file.read()


def sprite(content: tarfile.TarFile) -> bytes:
    """The icons we use as symbols of one file."""
    symbols = [symbol(name, read(content, f"icons/{name}.svg").decode()) for name in NAMES]
    opening = '<svg xmlns="http://www.w3.org/2000/svg">'
    return "\n".join([opening, *symbols, "</svg>", ""]).encode()


def symbol(name: str, icon: str) -> str:
    found = re.search(r"<svg[^>]*>(.*)</svg>", icon, re.S)
    inner = re.sub(r"\s*\n\s*", "", found[1]) if found else ""
    drawn = 'fill="none" stroke="currentColor" stroke-width="2"'
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="i-{name}" viewBox="0 0 24 24" {drawn} {ends}>{inner}</symbol>'


def write(place: str, content: bytes, package: str, name: str, integrity: str) -> dict[str, str]:
    path = ROOT / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return {"package": package, "file": name, "integrity": integrity, "sha256": digest}


def entry(place: str, about: dict[str, str]) -> str:
    lines = [f'["{place}"]', *(f'{key} = "{value}"' for key, value in about.items())]
    return "\n".join([*lines, ""])


def wrong() -> list[str]:
    """Files that are not what VENDOR.toml says."""
    noted = tomllib.loads(LIST.read_text())
    return [
        place
        for place, about in noted.items()
        if hashlib.sha256((ROOT / place).read_bytes()).hexdigest() != about["sha256"]
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    sys.exit("; ".join(wrong()) or None)
