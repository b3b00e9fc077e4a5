"""The outbox beside a plain loop over one kept connection, which commits once a mail."""

import smtplib
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, insert, select

from bot import queues, worker
from bot.outbox import OutgoingMail, State
from cases.db import reading, statements
from inbox.command.benching.floors import per_second
from inbox.command.benching.installing import Bench, installed
from inbox.command.benching.mails import mails
from inbox.command.benching.reading import read_once
from inbox.command.benching.relays import a_relay
from inbox.embedded import processes
from inbox.intake import pipeline
from inbox.spool.rows import RawContent

# Of the made mails about six in ten are answered.
ANSWERED = 0.55
FIRST = 30


def send(number: int, url: str) -> dict[str, Any]:
    """Replies to so many made mails leave over one kept connection."""
    with a_relay() as port, installed(url, smtp_port=port) as bench:
        # A worker runs before mail comes: what it does for the first time is not measured.
        _arrive(bench, mails(FIRST, run="first"))
        _by_a_worker()
        _arrive(bench, mails(round(number / ANSWERED)))
        waiting = _contents()
        before = per_second(len(waiting), lambda: _alone(port, waiting))
        rate = per_second(len(waiting), _by_a_worker)
        after = per_second(len(waiting), lambda: _alone(port, waiting))
        left = _number(OutgoingMail.state != State.ACCEPTED)
        servers = bench.database
    floor = (before + after) / 2
    return {
        "mails": len(waiting),
        "servers": servers,
        "mails_per_s": round(rate, 1),
        "floor_per_s": round(floor, 1),
        "ratio": round(rate / floor, 3),
        "not_sent": left,
    }


def _arrive(bench: Bench, coming: Iterator[bytes]) -> None:
    bench.host.drop(list(coming))
    read_once(bench.mailbox_id)
    pipeline.file_waiting()


def _by_a_worker() -> None:
    """The doorbell rings, and a worker of the queue answers until nothing is left to be done."""
    queues.ring(queues.SEND, "bot.jobs.deliver_due")
    worker.answer(queues.SEND)


def _contents() -> list[tuple[str, bytes]]:
    with reading() as session:
        waiting = OutgoingMail.state == State.PENDING
        rows = session.execute(select(OutgoingMail.recipient, OutgoingMail.content).where(waiting))
        return [(recipient, content) for recipient, content in rows]


def _alone(port: int, waiting: list[tuple[str, bytes]]) -> None:
    """The plainest loop that could be written: nothing of ours stands between the two libraries."""
    with smtplib.SMTP(processes.LOOPBACK, port) as smtp:
        for recipient, content in waiting:
            smtp.sendmail("", [recipient], content)
            with statements() as connection:
                sent = {"sha256": f"sent-{time.time_ns()}", "content": b""}
                connection.execute(insert(RawContent), sent)


def _number(which: Any) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(which)) or 0
