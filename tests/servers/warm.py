"""`python -m` from a process that has everything loaded: a second less of work for each start.

What is started is a process of its own all the same: with the environment it is given, and a death
of its own.
"""

import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BEFORE_THE_FORK = "cases.failpoints"
"""Looks at the environment while it is loaded, so it is loaded anew for each process."""


@dataclass(frozen=True)
class Started:
    """A process that was started; it is not our child, but the warm one's."""

    number: int
    watched: int

    def kill(self) -> None:
        """Kill it, if it still lives, and wait until it is dead."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.watched, signal.SIGKILL)
        select.select([self.watched], [], [])
        os.close(self.watched)


class Warm:
    """The process that has everything loaded; it takes one order a line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def start(self, module: str, *words: str, needs: tuple[str, ...], log: Path) -> Started:
        """Start `python -m module words` with the environment as it is now."""
        number = int(self._ask(module=module, words=words, needs=needs, log=str(log)))
        return Started(number, os.pidfd_open(number))

    def run(self, module: str, *words: str, needs: tuple[str, ...], log: Path) -> int:
        """Start it and wait for its end; its exit code, below zero for a signal."""
        number = int(self._ask(module=module, words=words, needs=needs, log=str(log)))
        return int(self._ask(module="", ends=number))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, **order: object) -> str:
        order["around"] = dict(os.environ)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@cache
def warm() -> Warm:
    """The warm process of this session, begun when it is first needed."""
    return Warm()


def pytest_sessionfinish() -> None:
    if warm.cache_info().currsize:
        warm().close()


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if not order["module"]:
            print(_end_of(order["ends"]), flush=True)
            continue
        _bury()
        for needed in order["needs"]:
            importlib.import_module(needed)
        child = os.fork()
        if child == 0:
            _become(order)
            return
        print(child, flush=True)


def _end_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _bury() -> None:
    """Let go of the children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _become(order: dict[str, Any]) -> None:
    """Be what was ordered, and end with it."""
    os.environ.clear()
    os.environ.update(order["around"])
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for out in (1, 2):
        os.dup2(log, out)
    if BEFORE_THE_FORK in sys.modules:
        importlib.reload(sys.modules[BEFORE_THE_FORK])
    sys.argv = [order["module"], *order["words"]]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
