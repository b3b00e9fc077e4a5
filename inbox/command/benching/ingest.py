"""From a full mailbox to filed cases with queued replies: mails a second, beside the floors."""

import time
from pathlib import Path
from typing import Any

from inbox.command.benching import floors, taking_in
from inbox.command.benching.installing import Bench, installed
from inbox.command.benching.mails import mails
from inbox.command.benching.taking_in import WARM


def ingest(number: int, url: str) -> dict[str, Any]:
    """Poller and filing worker, each in its process; tagging is apart."""
    made = list(mails(number))
    with installed(url) as bench, taking_in.both(bench) as (worker, reader):
        taking_in.warm(bench, reader)
        bench.settle()
        parsing = floors.parsing(made)
        bench.host.drop(made)
        began = time.perf_counter()
        peak = taking_in.read(reader)
        taking_in.wait(WARM + number)
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


def _peak(pid: int) -> int:
    """The largest memory a process ever had, in kB; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
