"""Tregua's own environment: whether it is there, and how it is made from the locks.

Everything is installed by the pinned pip that lies beside this file, whose hash is checked, from
whatever index this machine's pip is set up for; and each package only with the hash in the locks.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import progress
from words import say

HERE = Path(__file__).resolve().parent
PIP = HERE / "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
BUILD_LOCK = HERE / "requirements-build.txt"
LOCKS = {"run": HERE / "requirements.txt", "dev": HERE / "requirements-dev.txt"}

# What pip says when its index cannot be reached, or has nothing to offer.
UNREACHED = ("connection broken by", "(from versions: none)", "timed out", "ProxyError")


class CannotMake(Exception):
    """The environment could not be made; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where the environment lies, and which of the two locks it has to follow."""

    root: Path
    kind: str

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def unfinished(self) -> Path:
        """Lies there while an installation runs; left behind, it tells of one cut short."""
        return self.folder / "unfinished"

    def stamp(self, kind: str) -> Path:
        return self.folder / f"installed-{kind}"

    def mark(self) -> str:
        """What a finished environment is recognised by: the locks, the place, the Python."""
        found = hashlib.sha256(f"{self.root}\n{os.path.realpath(self.python)}\n".encode())
        for lock in (BUILD_LOCK, *LOCKS.values()):
            found.update(lock.read_bytes())
        return found.hexdigest()

    def is_ready(self) -> bool:
        """Whether this kind of environment is complete. Takes a few milliseconds."""
        try:
            stamped = self.stamp(self.kind).read_text()
        except OSError:
            return False
        return not self.unfinished.exists() and stamped == self.mark() and self.python.exists()


def make(place: Place) -> None:
    """Make or mend the environment, one start at a time."""
    if not os.access(place.root, os.W_OK | os.X_OK):
        raise CannotMake(say("not_writable", folder=place.root))
    with _alone():
        if not place.is_ready():
            _install(place)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    # The folder itself is locked, so no file is left behind. pip inherits the lock: should we
    # die, the next start waits until pip has ended too, and then begins anew.
    handle = os.open(HERE, os.O_RDONLY)
    os.set_inheritable(handle, True)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.tell(say("waiting"))
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _install(place: Place) -> None:
    started = time.monotonic()
    _check_pip()
    _begin(place)
    _run_pip(place, ["-r", str(BUILD_LOCK)], expected=0)
    # What comes as source only is built with the setuptools just installed, so that no build
    # fetches anything that is not in the locks.
    lock = LOCKS[place.kind]
    _run_pip(place, ["--no-build-isolation", "-r", str(lock)], expected=_count(lock))
    _let_find(place)
    _compile(place)
    _finish(place)
    progress.tell(say("ready", seconds=round(time.monotonic() - started)))


def _check_pip() -> None:
    found = hashlib.sha256(PIP.read_bytes()).hexdigest() if PIP.exists() else ""
    if found != PIP_SHA256:
        raise CannotMake(say("bad_pip", file=PIP))


def _begin(place: Place) -> None:
    """An empty environment, or the one that is there if it is sound."""
    if place.unfinished.exists():
        progress.tell(say("again"))
        shutil.rmtree(place.folder)
    elif _is_sound(place):
        progress.tell(say("updating", folder=place.folder))
    else:
        progress.tell(say("making", folder=place.folder))
        shutil.rmtree(place.folder, ignore_errors=True)
    place.folder.mkdir(exist_ok=True)
    place.unfinished.touch()
    if not place.python.exists():
        _make_empty(place)


def _is_sound(place: Place) -> bool:
    """Whether its Python runs and is the one it was made for."""
    if not place.python.exists():
        return False
    ask = "import os, sys, sysconfig; sys.exit(not os.path.isdir(sysconfig.get_path('purelib')))"
    return subprocess.run([place.python, "-c", ask], capture_output=True).returncode == 0


def _make_empty(place: Place) -> None:
    command = [sys.executable, "-m", "venv", "--without-pip", str(place.folder)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        raise CannotMake(say("no_venv", reason=_last_line(made.stderr + made.stdout)))


def _run_pip(place: Place, words: list[str], *, expected: int) -> None:
    # Every dependency is in the lock, so pip has nothing to work out.
    options = ["--require-hashes", "--no-deps", "--no-compile", "--no-input"]
    command = [str(place.python), str(PIP / "pip"), "install", *options, *words]
    said = progress.follow(command, expected, place.folder)
    if said.status != 0:
        raise CannotMake(_reason(place, said.lines))


def _reason(place: Place, lines: list[str]) -> str:
    log = place.root / ".venv" / "pip.log"
    with contextlib.suppress(OSError):
        log.write_text("\n".join(lines))
    text = "\n".join(lines)
    errors = "\n".join(line for line in lines if line.startswith("ERROR")) or text
    if "No space left" in text:
        return say("no_space", folder=place.folder)
    if any(sign in text for sign in UNREACHED):
        broken = text.rpartition("connection broken by ")[2] if "broken by" in text else errors
        return say("no_network", reason=broken.splitlines()[0][:300])
    return say("pip_failed", reason=_last_line(errors), log=log)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "nothing"


def _count(lock: Path) -> int:
    return sum(not line.startswith((" ", "#")) for line in lock.read_text().splitlines())


def _site_packages(place: Place) -> Path:
    return next(place.folder.glob("lib/python*/site-packages"))


def _let_find(place: Place) -> None:
    """Let Python find Tregua's own packages wherever it is started from."""
    (_site_packages(place) / "tregua.pth").write_text(f"{place.root}\n")


def _compile(place: Place) -> None:
    """Compile all at once on all processors: pip would do it one by one."""
    progress.tell(say("compiling"))
    command = [str(place.python), "-m", "compileall", "-qq", "-j", "0", str(_site_packages(place))]
    subprocess.run(command, capture_output=True)


def _finish(place: Place) -> None:
    kinds = ("run", "dev") if place.kind == "dev" else ("run",)
    for kind in kinds:
        place.stamp(kind).write_text(place.mark())
    place.unfinished.unlink()
