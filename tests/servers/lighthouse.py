"""Lighthouse, which judges pages in Chromium as a stranger would: fetched once, then kept.

It comes by npm into the user's folder for caches, since nothing else here needs Node.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.chromium import FLAGS, PROGRAM

VERSION = "12.8.2"
OLDEST_NODE = (18, 20)
CATEGORIES = ("performance", "accessibility", "best-practices")
WAIT = 300
"""Seconds for a page, or for the download."""
_QUIETLY = ("--no-audit", "--no-fund", "--no-progress", "--no-package-lock", "--ignore-scripts")


class NotJudged(Exception):
    """The page or the browser took too long to be watched; another try may do."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What it says of a page: points of a hundred, and what it did not like."""

    address: str
    points: Mapping[str, int]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lighthouse:
    """The program, for desktop browsers."""

    program: Path
    folder: Path

    def judge(self, url: str, headers: Mapping[str, str]) -> Judged:
        """Open the page in a new browser with those headers, and look at all of it.

        Raises NotJudged.
        """
        said, out = self.folder / "headers.json", self.folder / "judged.json"
        # Cookies are secrets: in a file, they do not stand in the list of processes.
        said.write_text(json.dumps(headers))
        out.unlink(missing_ok=True)
        words = (
            *("node", str(self.program), url, "--quiet", "--preset=desktop", "--output=json"),
            *(f"--output-path={out}", f"--extra-headers={said}", "--no-enable-error-reporting"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(('--headless', *FLAGS))}",
        )
        done = subprocess.run(
            words,
            env={**os.environ, "CHROME_PATH": PROGRAM},
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
        )
        assert out.exists(), done.stderr
        return _read(json.loads(out.read_text()))


def _read(report: Mapping[str, Any]) -> Judged:
    if "runtimeError" in report:
        raise NotJudged(report["runtimeError"])
    points = {name: round(one["score"] * 100) for name, one in report["categories"].items()}
    faults = (
        f"{one['id']}: {one.get('displayValue') or one['title']}"
        for one in report["audits"].values()
        if one.get("score") is not None and one["score"] < 1
    )
    return Judged(report["finalDisplayedUrl"], points, tuple(faults))


@pytest.fixture(scope="session")
def lighthouse(tmp_path_factory: pytest.TempPathFactory) -> Lighthouse:
    """Skips where there is no Node, or where it cannot be fetched."""
    for name in ("node", "npm"):
        if not shutil.which(name):
            pytest.skip(f"Lighthouse needs {name}, which is not here")
    if _node() < OLDEST_NODE:
        pytest.skip(f"Lighthouse {VERSION} needs Node {'.'.join(map(str, OLDEST_NODE))} or newer")
    if not Path(PROGRAM).exists():
        pytest.skip(f"Lighthouse needs a browser: there is no {PROGRAM}")
    program = _kept() / "node_modules/lighthouse/cli/index.js"
    return Lighthouse(program, tmp_path_factory.mktemp("lighthouse"))


def _node() -> tuple[int, ...]:
    said = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True)
    return tuple(map(int, re.findall(r"\d+", said.stdout)[:2]))


def _kept() -> Path:
    """Its folder; made in one step, so that half a download is never taken for all of it."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tregua"
    kept = caches / f"lighthouse-{VERSION}"
    if kept.exists():
        return kept
    caches.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=caches) as made:
        _fetch(Path(made) / "made")
        if not kept.exists():
            (Path(made) / "made").rename(kept)
    return kept


def _fetch(folder: Path) -> None:
    folder.mkdir()
    wanted = {"private": True, "dependencies": {"lighthouse": VERSION}}
    (folder / "package.json").write_text(json.dumps(wanted))
    words = ("npm", "install", *_QUIETLY)
    try:
        subprocess.run(words, cwd=folder, capture_output=True, timeout=WAIT, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"Lighthouse {VERSION} is not here, and npm cannot fetch it")
