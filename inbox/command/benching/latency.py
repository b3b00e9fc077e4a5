"""An idle system, one mail at a time: until the case is there, and until the reply has left."""

import random
import time
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from typing import Any

from sqlalchemy import select

from bot.outbox import OutgoingMail, State
from cases.db import reading
from cases.message import Message
from inbox.command.benching.installing import installed
from inbox.command.benching.mails import mails
from inbox.command.benching.relays import a_relay
from inbox.embedded.supervisor import Supervisor
from inbox.spool.rows import RawMail

PATIENCE = 90.0
LOOK = 0.004
WARM = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """Seconds after the mail was laid down, and between its notice and its case."""

    case: float
    reply: float | None
    since_notice: float


def latency(number: int, url: str) -> dict[str, Any]:
    """Arrival in the mailbox, IDLE, fetch, case, reply at the relay."""
    chance = random.Random(11)  # noqa: S311  no secret
    with a_relay() as port, installed(url, smtp_port=port) as bench:
        parts = [bench.part(*words) for words in (("poll",), ("work", "file"), ("work", "send"))]
        with Supervisor(parts):
            seen = []
            for mail in mails(number + WARM, seed=19):
                time.sleep(chance.uniform(0.05, 0.4))
                began = time.time()
                bench.host.drop([mail])
                seen.append(_watch(mail, began))
        servers = f"{bench.database}, {bench.host.name}"
    return {"mails": number, "servers": servers, **_figures(seen[WARM:])}


def _figures(seen: list[Seen]) -> dict[str, float]:
    cases = [one.case for one in seen]
    replies = [one.reply for one in seen if one.reply is not None]
    return {
        "case_p50_ms": _at(cases, 0.5),
        "case_p95_ms": _at(cases, 0.95),
        "case_p99_ms": _at(cases, 0.99),
        "reply_p50_ms": _at(replies, 0.5),
        "reply_p95_ms": _at(replies, 0.95),
        "reply_p99_ms": _at(replies, 0.99),
        "notice_to_commit_p99_ms": _at([one.since_notice for one in seen], 0.99),
    }


def _at(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000, 1)


def _watch(mail: bytes, began: float) -> Seen:
    rfc_id = str(message_from_bytes(mail)["Message-ID"]).strip("<>")
    message_id, noticed = _message(rfc_id, began + PATIENCE)
    there = time.time()
    left = _reply(message_id, began + PATIENCE)
    reply = left - began if left is not None else None
    return Seen(there - began, reply, there - noticed.timestamp())


def _message(rfc_id: str, deadline: float) -> tuple[int, datetime]:
    """The filed message, as soon as anybody can see it, and when its mail was fetched."""
    while time.time() < deadline:
        with reading() as session:
            row = session.execute(
                select(Message.id, RawMail.fetched_at)
                .join(RawMail, RawMail.id == Message.raw_id)
                .where(Message.rfc_id == rfc_id)
            ).first()
        if row is not None:
            return row[0], row[1]
        time.sleep(LOOK)
    raise TimeoutError(f"a mail was not filed within {PATIENCE:.0f} s")


def _reply(message_id: int, deadline: float) -> float | None:
    """When the relay took the reply; None where there is none."""
    while time.time() < deadline:
        with reading() as session:
            case_id = select(Message.case_id).where(Message.id == message_id)
            states = session.scalars(
                select(OutgoingMail.state).where(OutgoingMail.case_id.in_(case_id))
            ).all()
        if not states:
            return None
        if all(state is State.ACCEPTED for state in states):
            return time.time()
        time.sleep(LOOK)
    raise TimeoutError(f"a reply did not leave within {PATIENCE:.0f} s")
