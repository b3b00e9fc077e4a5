"""The Postfix policy service: says at RCPT whether somebody may be written to. The strict way.

Postfix asks with lines `name=value` and an empty line, many times on one connection.
"""

import logging
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from cases import clock
from cases.db import reading
from cases.exclusions.matrix import FAILS_CLOSED
from inbox.gateway import passing
from inbox.gateway.gate import Fresh
from inbox.gateway.keeping import keep
from inbox.gateway.passing import Marketing
from inbox.gateway.settings import Settings, settings
from inbox.passage import Outcome

log = logging.getLogger(__name__)
LONGEST_LINE, MOST_LINES = 4096, 100
FREE = "DUNNO"
"""Nothing against it; what Postfix asks next decides."""
HELD = "REJECT 5.7.1 This recipient is on truce"
LATER = "DEFER 4.7.1 The truce cannot be looked up now"


def answer(asked: Mapping[str, str], fresh: Fresh, chosen: Settings) -> str:
    """What Postfix is to do with that recipient."""
    recipient = asked.get("recipient", "")
    if asked.get("protocol_state", "RCPT") != "RCPT" or not recipient:
        return FREE
    sender = asked.get("sender", "")
    mail = Marketing(sender, (recipient,), b"", passing.class_of(sender, chosen))
    # Postfix may ask more than once about the same recipient of one talk.
    mail = mail.named(f"policy:{asked['instance']}"[:64] if asked.get("instance") else "")
    now = clock.now()
    try:
        if mail.campaign_class in FAILS_CLOSED and not fresh():
            return LATER
        with reading() as session:
            held = passing.held(session, mail, now, chosen.gate_match)
    except SQLAlchemyError:
        log.exception("the feed cannot be read")
        return LATER if mail.campaign_class in FAILS_CLOSED else FREE
    if not held:
        return FREE
    keep(mail, Outcome.DROPPED, now, reason="refused by the policy service")
    return HELD


class _Talk(socketserver.StreamRequestHandler):
    """One connection of Postfix."""

    server: "_Server"

    def handle(self) -> None:
        while (asked := self._asked()) is not None:
            said = answer(asked, self.server.fresh, self.server.chosen)
            self.wfile.write(f"action={said}\n\n".encode())

    def _asked(self) -> dict[str, str] | None:
        """The next question, or None at the end of the talk."""
        found: dict[str, str] = {}
        for _ in range(MOST_LINES):
            line = self.rfile.readline(LONGEST_LINE)
            if not line.endswith(b"\n"):
                return None
            name, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition("=")
            if not name:
                return found
            found[name] = value
        return None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, chosen: Settings, fresh: Fresh) -> None:
        self.chosen, self.fresh = chosen, fresh
        super().__init__((chosen.policy_host, chosen.policy_port), _Talk)


@contextmanager
def serving(fresh: Fresh) -> Iterator[None]:
    """The service on its port until the end of the block."""
    with _Server(settings(), fresh) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
