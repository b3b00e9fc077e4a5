"""Shows how an installation goes on: a line that counts on a terminal, a few lines elsewhere."""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from words import say

BAR = 30


@dataclass(frozen=True)
class Said:
    """How a program ended, and every line it wrote."""

    status: int
    lines: list[str]


def tell(line: str) -> None:
    # Standard output belongs to the command that comes after: it may be read by a program.
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def follow(command: list[str], expected: int, folder: Path) -> Said:
    """Run pip and count what it fetches and unpacks."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        close_fds=False,
    )
    lines: list[str] = []
    fetched = _Counter(say("fetching"), expected)
    with process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if line.startswith(("Collecting ", "Requirement already satisfied")):
                fetched.show(fetched.count + 1)
            if line.startswith("Installing collected packages"):
                _follow_unpacking(process, expected, folder)
    return Said(process.returncode, lines)


def _follow_unpacking(process: "subprocess.Popen[str]", expected: int, folder: Path) -> None:
    """pip is silent while it unpacks, so what has appeared is counted."""
    unpacked = _Counter(say("unpacking"), expected)
    waiting = threading.Event()
    while process.poll() is None:
        unpacked.show(sum(1 for _ in folder.glob("lib/python*/site-packages/*.dist-info")))
        waiting.wait(0.3)
    unpacked.show(expected)


class _Counter:
    """One stage. On a terminal it is one line that grows; elsewhere a line for every quarter."""

    def __init__(self, name: str, expected: int) -> None:
        self.count = 0
        self._name = name
        self._expected = expected
        self._quarter = 0

    def show(self, count: int) -> None:
        if not self._expected or count == self.count:
            return
        self.count = min(count, self._expected)
        if sys.stderr.isatty():
            done = BAR * self.count // self._expected
            bar = "█" * done + "·" * (BAR - done)
            end = "\n" if self.count == self._expected else ""
            sys.stderr.write(f"\r{self._name:24} {bar} {self.count}/{self._expected}{end}")
            sys.stderr.flush()
        elif 4 * self.count // self._expected > self._quarter:
            self._quarter = 4 * self.count // self._expected
            tell(f"{self._name} {self.count}/{self._expected}")
