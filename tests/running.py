"""A running installation for journeys: real processes on real servers, and what to ask of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import pytest

from cases import clock
from cases.db import transaction
from cases.mailbox import Mailbox, Mode
from inbox import schema
from tests.databases import forget
from tests.servers.dovecot import Dovecot
from tests.servers.redis_server import RedisServer
from tests.servers.smtp_sink import SmtpSink
from tests.servers.warm import Started, warm

ADDRESS = "soporte@tregua.test"
PASSWORD = "secret"
# What a part loads beyond its command.
LOADED = {
    "work file": ("inbox.intake.jobs",),
    "work send": ("bot.jobs",),
    "work tag": ("inbox.intake.tagging", "inbox.spool.jobs"),
}


class Processes:
    """Parts of the program, each in a process of its own, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: dict[str, Started] = {}

    def start(self, *words: str) -> None:
        name = " ".join(words)
        log = self.folder / f"{name.replace(' ', '-')}.log"
        needs = ("inbox.command.run", *LOADED.get(name, ()))
        self._running[name] = warm().start("inbox", *words, needs=needs, log=log)

    def kill(self, *words: str) -> None:
        self._running.pop(" ".join(words)).kill()

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
        self._running.clear()

    def said(self) -> str:
        """What the processes wrote to their logs."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs
        )


def until(true: Callable[[], bool], *, seconds: float = 60, what: str = "it") -> None:
    """Wait for something to become so: only a test that fails ever waits so long."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def add_mailbox(dovecot: Dovecot, address: str = ADDRESS, *, mode: Mode = Mode.SEND) -> int:
    """A mailbox of that Dovecot, read from its beginning."""
    dovecot.add_user(address, PASSWORD)
    box = Mailbox(
        address=address,
        name="Soporte de la tienda",
        imap_host="127.0.0.1",
        imap_port=dovecot.imap_port,
        imap_security="none",
        imap_user=address,
        mode=mode,
        created_at=clock.now(),
    )
    box.keep_password(PASSWORD)
    with transaction() as session:
        session.add(box)
        session.flush()
        return box.id


@contextmanager
def running(folder: Path, *parts: tuple[str, ...]) -> Iterator[Processes]:
    """Those parts of the program, running until the end of the block."""
    processes = Processes(folder)
    try:
        for words in parts:
            processes.start(*words)
        yield processes
    finally:
        processes.stop()


EVERYTHING = (("poll",), ("work", "file"), ("work", "send"), ("work", "tag"))


@dataclass(frozen=True, slots=True)
class Shop:
    """An installation with real servers around it; its processes are started by the test."""

    dovecot: Dovecot
    redis: RedisServer
    sink: SmtpSink
    folder: Path
    mailbox_id: int

    def customer_writes(self, content: bytes) -> None:
        self.dovecot.deliver(ADDRESS, content)


@pytest.fixture
def shop(
    installation: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    own_dovecot: Dovecot,
    redis_server: RedisServer,
    redis_url: str,
    smtp_sink: SmtpSink,
) -> Iterator[Shop]:
    """A shop's installation, on SQLite and on PostgreSQL."""
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    forget()
    schema.stamp()
    mailbox_id = add_mailbox(own_dovecot)
    yield Shop(own_dovecot, redis_server, smtp_sink, tmp_path, mailbox_id)
    forget()


def a_raw_mail(
    text: str, *, subject: str = "Pedido", sender: str = "ana@cliente.test", **headers: str
) -> bytes:
    """A customer's mail as bytes."""
    mail = EmailMessage()
    said = {
        "From": f"Ana <{sender}>",
        "To": ADDRESS,
        "Subject": subject,
        "Message-ID": make_msgid(domain="cliente.test"),
        "Date": format_datetime(clock.now()),
    }
    for name, value in (
        said | {key.replace("_", "-"): value for key, value in headers.items()}
    ).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()
