"""Programs of Debian's packages that run from a folder, without being installed."""

import shutil
import subprocess
from pathlib import Path

import pytest


def unpacked(folder: Path, *packages: str) -> None:
    """Lay their files down in the folder; without a way to them the test is skipped.

    A package that was installed would put aside the mail server that somebody may have.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        pytest.skip(f"there are no Debian packages here to take {packages[0]} from")
    for name in packages:
        package = _fetched(folder, name)
        if package is None:
            # Machines made from an image may not know yet which packages there are.
            quietly("apt-get", "update", "-qq")
            package = _fetched(folder, name)
        if package is None or quietly("dpkg-deb", "-x", str(package), str(folder)):
            pytest.skip(f"Debian's package {name} cannot be fetched")


def _fetched(folder: Path, name: str) -> Path | None:
    quietly("apt-get", "download", "-qq", name, cwd=folder)
    return next(folder.glob(f"{name}_*.deb"), None)


def quietly(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> int:
    """Run that; how it ended."""
    return subprocess.run(words, cwd=cwd, env=env, check=False, capture_output=True).returncode
