"""What taking in a mail costs as the store grows: processor time, and mails a second."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text

from cases import clock
from cases.db import reading
from inbox.command.benching import seeding, taking_in
from inbox.command.benching.installing import Bench, installed
from inbox.command.benching.mails import mails
from inbox.command.benching.staff import Staff, hired

MAILS = 500
LONG = 10
"""Messages of a case on average."""
PARTS = (100, 10, 1)
"""The store is empty first, then a hundredth, a tenth and all of what was asked for."""
TICKS = os.sysconf("SC_CLK_TCK")


def grow(number: int, url: str) -> dict[str, Any]:
    """The same kind of mail into an empty store and into ever larger ones."""
    with installed(url) as bench:
        staff = hired(bench.mailbox_id)
        own = not url and bench.database.startswith("PostgreSQL")
        points = [
            _point(bench, staff, messages, own=own)
            for messages in (0, *(number // part for part in PARTS))
        ]
        servers = f"{bench.database}, {bench.host.name}"
    cost = [point["cpu_ms_per_mail"] for point in points]
    fall = f"fall_{number // 1_000_000}m" if number >= 1_000_000 else "fall"
    # The rate of a processor is one over the cost of a mail.
    return {"servers": servers, "points": points, fall: round(1 - cost[0] / cost[-1], 3)}


def _point(bench: Bench, staff: Staff, messages: int, *, own: bool) -> dict[str, float]:
    """What a mail costs in a store of that size; `own`: the database server is ours to look at."""
    _fill(staff, messages)
    run = f"g{messages}"
    with taking_in.both(bench) as (worker, reader):
        taking_in.warm(bench, reader, run=f"{run}w")
        before, pids = taking_in.filed(), (worker.pid, reader.pid)
        bench.host.drop(list(mails(MAILS, run=run)))
        spent, began = _spent(pids, own=own), time.perf_counter()
        taking_in.read(reader)
        taking_in.wait(before + MAILS)
        took = time.perf_counter() - began
        spent = _spent(pids, own=own) - spent
    return {
        "messages": messages,
        "cpu_ms_per_mail": round(spent * 1000 / MAILS, 3),
        "mails_per_s": round(MAILS / took, 1),
    }


def _fill(staff: Staff, messages: int) -> None:
    seeding.empty()
    if cases := messages // LONG:
        seeding.seed(cases, LONG, mailboxes=staff.mailboxes, agents=staff.agents, end=clock.now())


def _spent(pids: Iterable[int], *, own: bool) -> float:
    """Seconds of processor time of the processes, their children, and the database's backends."""
    backends: Iterable[int] = ()
    if own:
        with reading() as session:
            asked = text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
            backends = session.scalars(asked).all()
    return sum(map(_ticks, [*pids, *backends])) / TICKS


def _ticks(pid: int) -> int:
    """Of a process and all that it started, also of those that are gone."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # utime, stime, and those of children that were waited for: proc(5), fields 14 to 17.
    return sum(map(int, stat[11:15])) + sum(map(_ticks, _children(pid)))


def _children(pid: int) -> Iterator[int]:
    """Whom any thread of it started."""
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, thread.read_text().split())
