"""The embedded SMTP server's side: whom it takes mail for, and into which mailbox it lays it."""

from collections.abc import Mapping
from email.utils import format_datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pymap.parsing.message import AppendMessage

from cases import clock
from inbox.embedded.bouncing import bounce
from inbox.embedded.mailboxes import KeptMailboxes

HOST = "mail.localhost"


class Delivery:
    """Takes mail for its users only, so nothing ever leaves this machine.

    Unknown people of a domain in `bounces` are taken too and reported back in a mail of their
    own, as most servers on the way do; unknown people of other domains are refused at once.
    """

    def __init__(
        self,
        boxes: Mapping[str, KeptMailboxes],
        passwords: Mapping[str, str],
        bounces: frozenset[str],
    ) -> None:
        self._boxes = boxes
        self._passwords = passwords
        self._bounces = bounces

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if base(address) not in self._boxes and domain(address) not in self._bounces:
            return f"550 5.1.1 <{address}>: nobody of that name lives here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        failed = [address for address in envelope.rcpt_tos if base(address) not in self._boxes]
        for address in envelope.rcpt_tos:
            if address not in failed:
                await self._lay_down(sender, address, content)
        if failed:
            await self._send_back(sender, failed, content)
        return "250 2.0.0 delivered"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        """Signing in is not needed, but mail programs like to."""
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False)
        known = self._passwords.get(given.login.decode(errors="replace").lower())
        return AuthResult(success=known is not None and known.encode() == given.password)

    async def _lay_down(self, sender: str, address: str, content: bytes) -> None:
        inbox = await self._boxes[base(address)].get_mailbox("INBOX")
        head = (
            f"Return-Path: <{sender}>\r\nDelivered-To: {address}\r\n"
            f"Received: by {HOST} with ESMTP for <{address}>; {format_datetime(clock.now())}\r\n"
        )
        mail = AppendMessage(head.encode() + content, clock.now(), frozenset())
        await inbox.append(mail, recent=True)

    async def _send_back(self, sender: str, failed: list[str], content: bytes) -> None:
        # A mail with the null return path is itself a report, and reports are never reported on.
        if base(sender) in self._boxes:
            report = bounce(host=domain(failed[0]), to=sender, failed=failed, content=content)
            await self._lay_down("", sender, report)


def base(address: str) -> str:
    """The mailbox behind an address: ana+shop@here.test is ana@here.test."""
    local, _, host = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def domain(address: str) -> str:
    return address.lower().rpartition("@")[2]
