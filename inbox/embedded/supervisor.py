"""Keeps several processes running side by side, starts anew what dies, and stops all together."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from inbox.embedded import processes

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 30.0
SETTLED_AFTER = 60.0  # a part that ran this long and then died is started again at once


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name for people, its command, and what it finds in its environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    """Where it writes what it has to say; None is this program's own output."""


class Supervisor:
    """Runs the parts. `said` is told which one ended, how, and after how long it starts again."""

    def __init__(
        self, parts: Sequence[Part], *, said: Callable[[Part, int, float], None] | None = None
    ) -> None:
        self._running = [_Running(part) for part in parts]
        self._said = said

    def start(self) -> None:
        for running in self._running:
            running.start()

    def watch(self, stopping: threading.Event, *, every: float = 0.2) -> None:
        """Start anew what dies, until somebody sets `stopping`."""
        while not stopping.wait(every):
            for running in self._running:
                running.look(self._said)

    def stop(self) -> None:
        """Stop all parts, the last one first. All are asked before any is waited for."""
        for running in reversed(self._running):
            running.ask_to_end()
        for running in reversed(self._running):
            running.end()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_about: object) -> None:
        self.stop()


class _Running:
    """One part and its present process, if it has one."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.wait = SHORTEST_WAIT
        self.start_at = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        part = self.part
        self.process = processes.start(part.command, log=part.log, environment=part.environment)

    def look(self, said: Callable[[Part, int, float], None] | None) -> None:
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        status = self.process.poll()
        if status is not None:
            self.process = None
            self._plan_next_start(now)
            if said:
                said(self.part, status, self.wait)

    def _plan_next_start(self, now: float) -> None:
        settled = now - self.started >= SETTLED_AFTER
        self.wait = SHORTEST_WAIT if settled else min(self.wait * 2, LONGEST_WAIT)
        self.start_at = now + self.wait

    def ask_to_end(self) -> None:
        if self.process:
            self.process.terminate()

    def end(self) -> None:
        if self.process:
            processes.stop(self.process, patience=10)
            self.process = None
