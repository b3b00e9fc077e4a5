"""Senders die at every step: what people wrote and what bots say arrives once.

The relay's sink is synced before it says 250, so it knows what was taken; it plays the journal
too, whose copies prove which mails that is.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import outbox
from bot.delivery import uncertain
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.db import reading, transaction
from cases.filing import file
from tests.builders import MORNING, an_arrival
from tests.databases import forget
from tests.servers.smtp_sink import SmtpSink

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("claimed", "data-said", "body-sent", "", "")
A_CASE = 40


@pytest.fixture
def relay(installation: str, monkeypatch: pytest.MonkeyPatch, smtp_sink: SmtpSink) -> SmtpSink:
    """A relay, leases that end soon, and no limits: what is counted here are the kills."""
    for name, value in {
        "SMTP_PORT": str(smtp_sink.port),
        "SEND_LEASE_SECONDS": "5",
        "PROOF_WAIT_SECONDS": "1",
        "AUTOMATIC_PER_HOUR": "0",
        "JOURNAL": "soporte+journal@tienda.example",
    }.items():
        monkeypatch.setenv(f"TREGUA_{name}", value)
    forget()
    return smtp_sink


def _queue(number: int) -> None:
    """Every second one was written by a person."""
    with transaction() as session:
        for n in range(number):
            if n % A_CASE == 0:
                case = file(session, an_arrival(f"No llega {n}")).case
            mark = f"{'person' if n % 2 else 'bot'}-{n}@tienda.example"
            mail = OutgoingMail(
                case=case,
                key=mark,
                automatic=n % 2 == 0,
                rule="acknowledge" if n % 2 == 0 else "answer",
                template="acknowledgement" if n % 2 == 0 else "",
                urgent=True,
                sender="",
                recipient=f"c{n}@d{n}.test",
                domain=f"d{n}.test",
                rfc_id=mark,
                content=f"Message-ID: <{mark}>\r\nSubject: x\r\n\r\nHola\r\n".encode(),
                state=State.PENDING,
                queued_at=clock.now(),
                due_at=MORNING,
            )
            session.add(mail)


@contextlib.contextmanager
def _nursery() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.faults.nursery"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nursery:
        try:
            yield nursery
        finally:
            nursery.kill()


def _born(nursery: "subprocess.Popen[str]", failpoint: str) -> int:
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{failpoint}\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


def _kill(child: int) -> None:
    # One that died at its failpoint is gone already.
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _wait_for_its_end(child: int) -> None:
    """Until it came to its failpoint; if nothing is left to be sent it never does."""
    deadline = time.monotonic() + 8
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(child, 0)
            time.sleep(0.01)


def _read_the_journal(sink: SmtpSink) -> None:
    """Copies that came until now prove their mails; the rest goes again."""
    read_at = clock.now()
    taken = [_mark(mail.content) for mail in sink.mails]
    with transaction() as session:
        for n in range(0, len(taken), 500):
            outbox.prove(session, taken[n : n + 500])
    uncertain.send_unproven_again(read_at)


def _mark(content: bytes) -> str:
    return str(message_from_bytes(content)["Message-ID"]).strip("<>")


def _is_settled() -> bool:
    open_ = select(OutgoingMail.id).where(OutgoingMail.state != State.ACCEPTED).limit(1)
    with reading() as session:
        return session.scalars(open_).first() is None


def _send_among_kills(sink: SmtpSink, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    with _nursery() as nursery:
        for n in range(kills):
            place = PLACES[n % len(PLACES)]
            child = _born(nursery, place)
            if place:
                _wait_for_its_end(child)
            else:
                time.sleep(chance.uniform(0.05, 0.5))
            _kill(child)
            if n % 10 == 0:
                _read_the_journal(sink)
        child = _born(nursery, "")
        deadline = clock.now() + timedelta(seconds=240)
        while not _is_settled() and clock.now() < deadline:
            time.sleep(0.5)
            _read_the_journal(sink)
        _kill(child)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("number", "kills"),
    [
        pytest.param(200, 25, marks=pytest.mark.nightly),
        pytest.param(2000, 150, marks=pytest.mark.nightly),
    ],
)
def test_whoever_dies_everybody_is_heard_exactly_once(
    relay: SmtpSink, number: int, kills: int
) -> None:
    _queue(number)
    _send_among_kills(relay, kills, seed=number)
    taken = Counter(_mark(mail.content) for mail in relay.mails)
    queued = {f"{'person' if n % 2 else 'bot'}-{n}@tienda.example" for n in range(number)}
    assert taken == Counter(queued)
    with reading() as session:
        states = set(session.scalars(select(OutgoingMail.state)))
    assert states == {State.ACCEPTED}
