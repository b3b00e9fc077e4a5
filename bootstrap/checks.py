"""`tregua check` and `tregua test`: format, lint, types, imports, tests, with the time of each.

Run by the environment's own Python. What pytest says comes last, so that its closing line ends
the output.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import system
from words import say

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Half of the workers begin with what mostly waits, for servers and for clocks; see tests/conftest.
PARALLEL = ("-n", "4", "--dist", "worksteal")
BESIDE_THE_STEPS = ("-n", "3", "--dist", "worksteal")
MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30
AGAIN = ("--last-failed", "--last-failed-no-failures", "none", "--maxfail", "20")
FAILED = 1  # pytest's exit code for tests that failed, as against a run that could not be made
FAST = ("-m", "not (server or web or slow or nightly or release)")

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("ruff", "format", "--check", "--quiet", ".")),
    ("lint", ("ruff", "check", "--quiet", ".")),
    ("imports", ("lint-imports",)),
    ("types", ("mypy",)),
)


@dataclass(frozen=True)
class Outcome:
    """How one step ended."""

    name: str
    status: int
    seconds: float
    said: str

    def line(self) -> str:
        sign = "✗" if self.status else "✓"
        return f"{sign} {say(self.name):14} {self.seconds:6.1f} s"


def main(words: list[str]) -> int:
    os.chdir(ROOT)
    command, *options = words
    return check(options) if command == "check" else test(options)


def check(options: list[str]) -> int:
    """What a change needs while it is being made: the steps beside the fast tests."""
    outcomes: list[Outcome] = []
    beside = threading.Thread(target=lambda: outcomes.extend(map(run, STEPS)))
    beside.start()
    tests = run_tests([*FAST, *options], BESIDE_THE_STEPS)
    beside.join()
    show(outcomes)
    return conclude([*outcomes, tests])


def test(options: list[str]) -> int:
    """Everything, against real servers."""
    if not system.complete():
        return 2
    outcomes = [run(step) for step in STEPS]
    show(outcomes)
    return conclude([*outcomes, run_tests(options)], quietly=True)


def run(step: tuple[str, tuple[str, ...]]) -> Outcome:
    name, (program, *words) = step
    started = time.monotonic()
    ended = subprocess.run([BIN / program, *words], capture_output=True, text=True)
    said = ended.stdout + ended.stderr if ended.returncode else ""
    return Outcome(name, ended.returncode, time.monotonic() - started, said)


def run_tests(options: list[str], parallel: tuple[str, ...] = PARALLEL) -> Outcome:
    started = time.monotonic()
    parallel = () if {"-n", "--pdb", "--collect-only"} & set(options) else parallel
    status = pytest(*parallel, *options)
    if status == FAILED and parallel:
        # Servers and browsers share a noisy machine: what failed beside others is tried once alone.
        print(say("second_try"), flush=True)
        status = pytest(*AGAIN, *options)
    return Outcome("tests", status, time.monotonic() - started, "")


def pytest(*options: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *options]
    return subprocess.run(command, env=surroundings()).returncode


def surroundings() -> dict[str, str]:
    """The environment, with temporary files in memory where there is plenty of it."""
    around = dict(os.environ)
    # Tests start the program many times; to compile it each time would double their work.
    around.pop("PYTHONDONTWRITEBYTECODE", None)
    if _is_roomy(MEMORY):
        around.setdefault("TMPDIR", str(MEMORY))
    return around


def _is_roomy(memory: Path) -> bool:
    """Whether programs may run from there, and there is room for all that tests lay down."""
    if not memory.is_dir() or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(memory).free > ENOUGH


def show(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        print(outcome.line())
        if outcome.said:
            print(outcome.said.strip())
    sys.stdout.flush()


def conclude(outcomes: list[Outcome], *, quietly: bool = False) -> int:
    """One last line for people; none after pytest's own if all went well and it was the point."""
    failed = [say(outcome.name) for outcome in outcomes if outcome.status]
    if not quietly:
        print(outcomes[-1].line())
    if failed or not quietly:
        print(say("failed", names=", ".join(failed)) if failed else say("all_passed"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
