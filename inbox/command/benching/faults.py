"""Processes are killed at random moments; then mailbox, database and customers are counted."""

import random
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.outbox import OutgoingMail, State
from cases.case import Case
from cases.db import reading
from cases.message import Direction, Message
from inbox.command.benching.installing import Bench, installed
from inbox.command.benching.mails import SHOP
from inbox.command.benching.servers import PASSWORD, MailHost
from inbox.embedded import processes
from inbox.embedded.mail_servers import MailServers
from inbox.intake.imap import Account

PARTS = (("poll",), ("work", "file"), ("work", "send"))
MAILS_A_KILL = 12
PATIENCE = 240.0
# Leases and proofs that end soon, so that a kill is made good while we look.
IMPATIENT = {
    "TREGUA_LEASE_SECONDS": "3",
    "TREGUA_SEND_LEASE_SECONDS": "5",
    "TREGUA_PROOF_WAIT_SECONDS": "2",
    "TREGUA_IDLE_SECONDS": "5",
    "TREGUA_POLL_SECONDS": "5",
    "TREGUA_JOURNAL": SHOP.replace("@", "+journal@"),
}


def faults(number: int, url: str) -> dict[str, Any]:
    """Every customer writes once and must get one reply, whoever dies meanwhile."""
    with tempfile.TemporaryDirectory(prefix="tregua-mail-") as name:
        folder = Path(name)
        users = {SHOP: PASSWORD, **{_customer(n): PASSWORD for n in range(number)}}
        with MailServers(folder, 0, 0, users) as mail:
            account = Account(processes.LOOPBACK, mail.imap_port, "none", SHOP, PASSWORD)
            host = MailHost("pymap", account, folder, mail.smtp_port)
            with installed(url, smtp_port=mail.smtp_port, host=host, **IMPATIENT) as bench:
                kills = _kill_at_random(bench, number)
                counted = _count(folder, number)
                servers = bench.database
    return {"mails": number, "servers": servers, "kills": kills, **counted}


def _customer(n: int) -> str:
    return f"c{n}@cliente.test"


def _mail(n: int) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = _customer(n), SHOP, f"token-{n}"
    mail["Message-ID"] = f"<token-{n}@cliente.test>"
    # Many mails that say the same would not be answered, so each has something of its own to say.
    words = random.Random(n).sample(WORDS, 12)  # noqa: S311  no secret
    mail.set_content(f"Pedido {n}: {' '.join(words)}.\n")
    return bytes(mail)


WORDS = (
    *("caja", "llega", "nunca", "tarde", "roto", "factura", "dinero", "lunes", "correo", "casa"),
    *("tienda", "verde", "azul", "taza", "café", "filtro", "molino", "regalo", "tarjeta", "banco"),
    *("cuenta", "pedido", "camión", "puerta", "vecino", "lluvia", "cable", "lámpara", "silla"),
    *("mesa", "libro", "papel", "carta", "sello", "zapato", "camisa", "talla", "color", "botón"),
)


@dataclass
class _Running:
    """The parts of the program, to be killed and started again."""

    bench: Bench
    processes: dict[tuple[str, ...], subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, words: tuple[str, ...]) -> None:
        part = self.bench.part(*words)
        self.processes[words] = processes.start(part.command, log=part.log)

    def kill(self, words: tuple[str, ...]) -> None:
        process = self.processes.pop(words)
        process.send_signal(signal.SIGKILL)
        process.wait()


@contextmanager
def _running(bench: Bench) -> Iterator[_Running]:
    running = _Running(bench)
    try:
        for words in PARTS:
            running.start(words)
        yield running
    finally:
        for process in running.processes.values():
            processes.stop(process)


def _kill_at_random(bench: Bench, number: int) -> int:
    chance = random.Random(7)  # noqa: S311  no secret
    kills = max(number // MAILS_A_KILL, 1)
    with _running(bench) as running:
        for n in range(kills):
            first, last = n * number // kills, (n + 1) * number // kills
            bench.host.drop([_mail(one) for one in range(first, last)])
            time.sleep(chance.uniform(0.2, 3.0))
            words = chance.choice(PARTS)
            running.kill(words)
            running.start(words)
        _settle(number)
    return kills


def _settle(number: int) -> None:
    """Until nothing is under way any more; what never comes is counted as lost."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with reading() as session:
            came = session.scalar(select(func.count()).where(Message.direction == Direction.IN))
            left = session.scalar(select(func.count()).where(OutgoingMail.state != State.ACCEPTED))
        if came == number and not left:
            return
        time.sleep(0.2)


def _count(folder: Path, number: int) -> dict[str, int]:
    """Lost and doubled among messages, cases, and the replies in the customers' mailboxes."""
    wanted = Counter({f"token-{n}": 1 for n in range(number)})
    with reading() as session:
        incoming = Message.direction == Direction.IN
        messages = Counter(session.scalars(select(Message.subject).where(incoming)))
        cases = Counter(session.scalars(select(Case.subject)))
        unknown = OutgoingMail.state == State.UNCERTAIN
        shown = session.scalar(select(func.count()).where(unknown)) or 0
    replies = Counter({f"token-{n}": times for n, times in enumerate(_replies(folder, number))})
    found = (messages, cases, replies)
    return {
        "lost": sum((wanted - one).total() for one in found),
        "doubled": sum((one - wanted).total() for one in found),
        # A reply whose proof does not come is not sent again; the case shows it.
        "shown_as_uncertain": shown,
    }


def _replies(folder: Path, number: int) -> list[int]:
    """How many mails lie in each customer's mailbox."""
    kept = sqlite3.connect(f"file:{folder / 'mail.sqlite'}?mode=ro", uri=True)
    counted = "SELECT owner, count(*) FROM mail JOIN box ON box.id = mail.box GROUP BY owner"
    by_owner = dict(kept.execute(counted))
    kept.close()
    return [by_owner.get(_customer(n), 0) for n in range(number)]
