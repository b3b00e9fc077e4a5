"""A newsletter tool of others (django-newsletter) in an interpreter of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "client"
PROGRAM = ROOT / "tests/inbox/gateway/newsletter_sender.py"
PACKAGES = ("django-newsletter==1.2.1", "django<6", "sorl-thumbnail")


def an_interpreter(folder: Path, *packages: str, made: str = "") -> str:
    """A Python with those packages and nothing of ours; skips where they cannot be had."""
    ready = os.environ.get(made, "") if made else ""
    if ready:
        return ready
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin/python")
    words = (python, "-m", "pip", "install", "--quiet", *packages)
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip(f"{packages[0]} cannot be installed here")
    return python


def send(
    python: str, folder: Path, port: int, count: int, environment: dict[str, str] | None = None
) -> str:
    """Have it send one campaign to so many people; what it says of it."""
    words: Sequence[str] = (python, str(PROGRAM), str(folder), str(port), str(count))
    known = {**os.environ, **(environment or {})}
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=900, check=False, env=known
    )
    return done.stdout.strip() or done.stderr.strip()[-2000:]
