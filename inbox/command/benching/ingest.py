"""From a full mailbox to filed cases with queued replies: mails a second, beside the floors."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from cases.db import reading
from inbox.command.benching import floors
from inbox.command.benching.installing import Bench, installed
from inbox.command.benching.mails import mails
from inbox.embedded import processes
from inbox.spool.rows import Fate, RawMail

WARM = 60
PATIENCE = 600.0


def ingest(number: int, url: str) -> dict[str, Any]:
    """Poller and filing worker, each in its process; tagging is apart."""
    made = list(mails(number))
    with installed(url) as bench, _worker(bench) as worker, _reader(bench) as reader:
        bench.host.drop(list(mails(WARM, run="w", seed=3)))
        _read(reader)
        _wait(WARM)
        bench.settle()
        parsing = floors.parsing(made)
        bench.host.drop(made)
        began = time.perf_counter()
        peak = _read(reader)
        _wait(WARM + number)
        rate = number / (time.perf_counter() - began)
        memory = max(peak, _peak(worker.pid))
        stages = _stages(bench, number, parsing)
        servers = f"{bench.database}, {bench.host.name}"
    slowest = min(stages, key=lambda stage: stages[stage])
    return {
        "mails": number,
        "servers": servers,
        "mails_per_s": round(rate, 1),
        "floor_per_s": stages[slowest],
        "floor_stage": slowest,
        "ratio": round(rate / stages[slowest], 3),
        "stages": stages,
        "memory_mb": round(memory / 1024, 1),
    }


def _stages(bench: Bench, number: int, parsing: float) -> dict[str, float]:
    """What each stage can do alone on the same mails: mails a second.

    The slowest is measured before the run and after it, since machines have moods.
    """
    contents, fetching = floors.fetched(bench.host, number)
    alone = {
        "fetch": fetching,
        "parse": (parsing + floors.parsing(contents)) / 2,
        "insert": floors.inserting(contents),
    }
    return {stage: round(rate, 1) for stage, rate in alone.items()}


@contextmanager
def _worker(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    part = bench.part("work", "file")
    process = processes.start(part.command, log=part.log)
    try:
        yield process
    finally:
        processes.stop(process)


@contextmanager
def _reader(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    module = "inbox.command.benching.reading"
    command = [sys.executable, "-m", module, str(bench.mailbox_id)]
    process = processes.start(command, log=bench.folder / "reading.log", talks=True)
    try:
        yield process
    finally:
        processes.stop(process)


def _read(reader: subprocess.Popen[bytes]) -> int:
    """Have the mailbox read to its end; the reader's peak memory in kB."""
    if reader.stdin is None or reader.stdout is None:
        raise RuntimeError("no pipes to the reader")
    reader.stdin.write(b"go\n")
    reader.stdin.flush()
    return int(reader.stdout.readline().split()[1])


def _wait(wanted: int) -> None:
    """Until so many mails are filed."""
    deadline = time.monotonic() + PATIENCE
    while _filed() < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{_filed()} of {wanted} mails were filed in {PATIENCE:.0f} s")
        time.sleep(0.05)


def _filed() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(RawMail.fate != Fate.WAITING)) or 0


def _peak(pid: int) -> int:
    """The largest memory a process ever had, in kB; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
