"""The two processes that take mail in, for a bench: one reads the mailbox, one files."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from cases.db import reading
from inbox.command.benching.installing import Bench
from inbox.command.benching.mails import mails
from inbox.embedded import processes
from inbox.spool.rows import Fate, RawMail

WARM = 60
PATIENCE = 600.0
Process = subprocess.Popen[bytes]


@contextmanager
def both(bench: Bench) -> Iterator[tuple[Process, Process]]:
    """The worker that files, and the reader that waits to be told to read."""
    part = bench.part("work", "file")
    module = "inbox.command.benching.reading"
    command = [sys.executable, "-m", module, str(bench.mailbox_id)]
    worker = processes.start(part.command, log=part.log)
    try:
        reader = processes.start(command, log=bench.folder / "reading.log", talks=True)
        try:
            yield worker, reader
        finally:
            processes.stop(reader)
    finally:
        processes.stop(worker)


def warm(bench: Bench, reader: Process, run: str = "w") -> None:
    """A few mails first, so that everything is loaded and connected."""
    before = filed()
    bench.host.drop(list(mails(WARM, run=run, seed=3)))
    read(reader)
    wait(before + WARM)


def read(reader: Process) -> int:
    """Have the mailbox read to its end; the reader's peak memory in kB."""
    if reader.stdin is None or reader.stdout is None:
        raise RuntimeError("no pipes to the reader")
    reader.stdin.write(b"go\n")
    reader.stdin.flush()
    return int(reader.stdout.readline().split()[1])


def wait(wanted: int) -> None:
    """Until so many mails are filed."""
    deadline = time.monotonic() + PATIENCE
    while filed() < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{filed()} of {wanted} mails were filed in {PATIENCE:.0f} s")
        time.sleep(0.05)


def filed() -> int:
    """Mails of the spool that are done with."""
    with reading() as session:
        return session.scalar(select(func.count()).where(RawMail.fate != Fate.WAITING)) or 0
