"""The SMTP server of the gate, and the way on to the relay."""

import asyncio
import logging
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.delivery.smtp import Away, BeforeBody, Relay, Way, Withdrawn
from cases.settings import settings as case_settings
from inbox.gateway import passing
from inbox.gateway.gate import Fresh, Gate
from inbox.gateway.parking import Parking
from inbox.gateway.settings import Settings, settings
from inbox.gateway.underway import UnderWay
from inbox.peers import address_of

log = logging.getLogger(__name__)
LOOKS_EVERY = 20.0
MOST_RECIPIENTS = 1000
LONGEST_LINE = 1024 * 1024
PATIENCE = 900.0
"""A mail to many takes a while, and a sender waits ten minutes for its answer."""
NO_SENDER = "<>"


class _Talk(SMTP):
    """One connection. Lines may be longer than the rule says, for tools write such, and are told
    by a refusal that the address is dead."""

    line_length_limit = LONGEST_LINE


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Talk(self.handler, **self.SMTP_kwargs)


class _Door:
    """Takes every recipient, and splits at the end: a mail to none would be refused by SMTP."""

    def __init__(self, gate: Gate, chosen: Settings) -> None:
        self._gate, self._chosen = gate, chosen

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._knows(session.peer):
            log.warning("somebody who is not in TREGUA_GATE_CLIENTS brings mail")
            return "450 4.7.1 this gate does not know you; see TREGUA_GATE_CLIENTS"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    def _knows(self, peer: object) -> bool:
        """A gate that anybody could reach would carry anybody's mail."""
        address = address_of(str(peer[0])) if isinstance(peer, tuple) else None
        if address is None:
            return False
        known = self._chosen.gate_clients
        return any(address in one for one in known) if known else address.is_private

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or envelope.content
        sender = "" if envelope.mail_from in (None, NO_SENDER) else envelope.mail_from or ""
        mail = passing.read(
            sender,
            envelope.rcpt_tos,
            content if isinstance(content, bytes) else (content or "").encode(),
            passing.class_of(sender, self._chosen),
        )
        loop = asyncio.get_running_loop()
        said, trip = await loop.run_in_executor(None, self._gate.take, mail)
        # Once the answer is written, and not before: who has none comes again with the same mail.
        # Nor is it reached where the sender hung up meanwhile.
        loop.call_soon(trip.over)
        return said

    async def handle_exception(self, error: Exception) -> str:
        """The library would say 500, for which tools block the person for ever."""
        log.error("a mail could not be taken", exc_info=error)
        return "451 4.3.0 the gate has a fault; try again later"


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

    def send(self, sender: str, recipient: str, content: bytes, before_body: BeforeBody) -> None:
        try:
            relay = self._free.get_nowait()
        except queue.Empty:
            relay = Relay(self._way)
        try:
            relay.send(sender, [recipient], content, before_body=before_body)
        except Withdrawn as nothing_went:
            raise Away("it could not be noted that it leaves") from nothing_went
        finally:
            self._free.put(relay)

    def close(self) -> None:
        while not self._free.empty():
            self._free.get().close()


@contextmanager
def a_gate(fresh: Fresh) -> Iterator[Gate]:
    """The gate with its relay and what is parked, without a port of its own."""
    chosen = settings()
    relays = _Relays(chosen)
    data = case_settings().data
    parking, under_way = Parking(data / "parked"), UnderWay(data / "under-way")
    try:
        yield Gate(relays.send, fresh, parking, under_way, chosen.gate_parks_for)
    finally:
        relays.close()


@contextmanager
def serving(fresh: Fresh) -> Iterator[Gate]:
    """The gate on its port until the end of the block."""
    chosen = settings()
    with a_gate(fresh) as gate, _listening(gate, chosen):
        over = threading.Event()
        looking = threading.Thread(target=_look_again, args=(gate, over), daemon=True)
        looking.start()
        try:
            yield gate
        finally:
            over.set()
            looking.join()


@contextmanager
def _listening(gate: Gate, chosen: Settings) -> Iterator[None]:
    controller = _Controller(
        _Door(gate, chosen),
        hostname=chosen.gate_host,
        port=chosen.gate_port,
        server_hostname=socket.gethostname(),
        ident="Tregua",
        data_size_limit=chosen.gate_largest,
        enable_SMTPUTF8=True,
        decode_data=False,
        timeout=PATIENCE,
    )
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def _look_again(gate: Gate, over: threading.Event) -> None:
    while not over.wait(LOOKS_EVERY):
        try:
            gate.look_again(over.is_set)
        except Exception:
            # The gate stays open for new mail; what is parked is looked at again.
            log.exception("the parked mails could not be looked at")
