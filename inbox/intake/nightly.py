"""At night the classifiers learn anew, in a process of its own, where people taught them."""

import logging
import subprocess
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cases import clock
from cases.correcting.taught import newest
from cases.db import reading
from cases.settings import settings
from cases.taxonomy.rows import tree
from classifiers import versions

log = logging.getLogger(__name__)
NIGHT = range(2, 6)
REST = timedelta(hours=12)
PATIENCE = 840
BUSY = 75
"""What the command ends with where another process trains: a failure for now (sysexits.h)."""


def retrain_if_due() -> None:
    """Train where it is night and something new was taught."""
    if due(clock.now()):
        retrain()


def due(now: datetime) -> bool:
    """Whether it is night, nothing was trained of late, and there is something to learn."""
    if now.astimezone(ZoneInfo(settings().zone)).hour not in NIGHT:
        return False
    latest = versions.latest(settings().data)
    if latest and now - datetime.fromisoformat(latest["at"]) < REST:
        return False
    with reading() as session:
        taught, today = newest(session), tree(session).version
    return (taught, today) != (latest.get("correction", 0), latest.get("taxonomy", today))


def retrain() -> None:
    """Train now. The models are large, and a broken one may take its process along."""
    command = [sys.executable, "-m", "inbox", "train"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        _failed(f"not done after {PATIENCE} s")
        return
    if done.returncode not in (0, BUSY):
        _failed((done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1])


def _failed(words: str) -> None:
    log.error("training failed: %s", words)
    data = settings().data
    told = {**versions.latest(data), "at": clock.now().isoformat(), "failed": words[:300]}
    versions.note_latest(data, told)
