"""The SMTP server of the gate, and the way on to the relay."""

import asyncio
import logging
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.smtp import Relay, Way
from cases.settings import settings as case_settings
from inbox.gateway import passing
from inbox.gateway.gate import Fresh, Gate
from inbox.gateway.parking import Parking
from inbox.gateway.settings import Settings, settings

log = logging.getLogger(__name__)
LOOKS_EVERY = 20.0
MOST_RECIPIENTS = 1000


class _Door:
    """Takes every recipient, and splits at the end: a mail to none would be refused by SMTP."""

    def __init__(self, gate: Gate, chosen: Settings) -> None:
        self._gate, self._chosen = gate, chosen

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or envelope.content
        mail = passing.read(
            envelope.mail_from or "",
            envelope.rcpt_tos,
            content if isinstance(content, bytes) else (content or "").encode(),
            passing.class_of(envelope.mail_from or "", self._chosen),
        )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._gate.take, mail)


class _Relays:
    """Connections to the relay, kept and lent."""

    def __init__(self, chosen: Settings) -> None:
        self._way = Way(
            chosen.gate_relay_host,
            chosen.gate_relay_port,
            chosen.gate_relay_security,
            chosen.gate_relay_user,
            chosen.gate_relay_password.get_secret_value(),
        )
        self._free: queue.SimpleQueue[Relay] = queue.SimpleQueue()

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        try:
            relay = self._free.get_nowait()
        except queue.Empty:
            relay = Relay(self._way)
        try:
            relay.send(sender, [recipient], content, before_body=lambda: True)
        finally:
            self._free.put(relay)

    def close(self) -> None:
        while not self._free.empty():
            self._free.get().close()


@contextmanager
def serving(fresh: Fresh) -> Iterator[Gate]:
    """The gate on its port until the end of the block."""
    chosen = settings()
    relays = _Relays(chosen)
    parking = Parking(case_settings().data / "parked")
    gate = Gate(relays.send, fresh, parking, chosen.gate_parks_for)
    controller = Controller(
        _Door(gate, chosen),
        hostname=chosen.gate_host,
        port=chosen.gate_port,
        data_size_limit=chosen.gate_largest,
        enable_SMTPUTF8=True,
        decode_data=False,
    )
    controller.start()
    over = threading.Event()
    looking = threading.Thread(target=_look_again, args=(gate, over), daemon=True)
    looking.start()
    try:
        yield gate
    finally:
        over.set()
        looking.join()
        controller.stop()
        relays.close()


def _look_again(gate: Gate, over: threading.Event) -> None:
    while not over.wait(LOOKS_EVERY):
        try:
            gate.look_again()
        except Exception:
            # The gate stays open for new mail; what is parked is looked at again.
            log.exception("the parked mails could not be looked at")
