"""An SMTP server that keeps what it is given, and answers what a test tells it to."""

import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.ports import LOOPBACK, free_port


@dataclass(frozen=True, slots=True)
class Received:
    """One mail that was accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say at a step: "EHLO", "MAIL", "RCPT" or "DATA" (after the content).

    `text` "" closes the connection without a word. `after` seconds pass before. `keep` lays the
    mail down all the same: the relay took it, and its answer was lost.
    """

    step: str
    text: str
    after: float = 0.0
    keep: bool = False


class SmtpSink:
    """Mails are written and synced to a folder before 250 is said, so a count survives a kill."""

    host = LOOPBACK

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pipelining = False
        """Whether it says that commands may follow each other (RFC 2920)."""
        self._script: deque[Answer] = deque()
        self._mails: list[Received] = []
        self._arrived = threading.Condition()
        self.port = free_port()
        self._controller = Controller(
            self,
            hostname=LOOPBACK,
            port=self.port,
            data_size_limit=64 * 1024 * 1024,
            enable_SMTPUTF8=True,
        )

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        if self._controller.server is not None:
            self._controller.stop()

    def script(self, *answers: Answer) -> None:
        """Give these answers, each once, the next time their step comes by."""
        self._script.extend(answers)

    def forget(self) -> None:
        with self._arrived:
            self._mails.clear()
            self._script.clear()
            self.pipelining = False

    @property
    def mails(self) -> list[Received]:
        with self._arrived:
            return list(self._mails)

    def wait_for(self, count: int, *, seconds: float = 60) -> list[Received]:
        """The mails, as soon as there are that many."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self._mails) >= count, seconds)
            assert came, f"{len(self._mails)} of {count} mails came in {seconds} s"
            return list(self._mails)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, host: str, lines: list[str]
    ) -> list[str]:
        session.host_name = host
        told = self._told("EHLO", server)
        more = ["250-PIPELINING"] if self.pipelining else []
        return [*lines[:-1], *more, lines[-1]] if told is None else [told]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._told("MAIL", server) or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self._told("RCPT", server)
        if told is None or told.startswith("2"):
            envelope.rcpt_tos.append(address)
        return told or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        mail = Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        if self._keeps():
            self._keep(mail)
        return self._told("DATA", server) or f"250 2.0.0 queued as {len(self.mails)}"

    def _keeps(self) -> bool:
        answer = next((answer for answer in self._script if answer.step == "DATA"), None)
        return answer is None or answer.keep or answer.text.startswith("2")

    def _told(self, step: str, server: SMTP) -> str | None:
        answer = next((answer for answer in self._script if answer.step == step), None)
        if answer is None:
            return None
        self._script.remove(answer)
        # The whole server waits, as an overloaded relay does.
        time.sleep(answer.after)
        if not answer.text and server.transport:
            server.transport.abort()  # type: ignore[attr-defined]
        return answer.text or "421 gone"

    def _keep(self, mail: Received) -> None:
        with self._arrived:
            path = self.folder / f"{len(self._mails):06}-{time.time_ns()}.eml"
            with path.open("wb") as file:
                file.write(mail.content)
                file.flush()
                os.fsync(file.fileno())
            self._mails.append(mail)
            self._arrived.notify_all()


@pytest.fixture(scope="session")
def _sink_of_the_session() -> Iterator[SmtpSink]:
    with tempfile.TemporaryDirectory(prefix="sink-") as folder:
        sink = SmtpSink(Path(folder))
        sink.start()
        try:
            yield sink
        finally:
            sink.stop()


@pytest.fixture
def smtp_sink(_sink_of_the_session: SmtpSink) -> SmtpSink:
    """An SMTP server with no mails and no script yet."""
    _sink_of_the_session.forget()
    return _sink_of_the_session
