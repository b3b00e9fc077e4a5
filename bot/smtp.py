"""Hands one mail to the relay over a kept connection; a failure is for now or for good."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from bot.settings import Settings, settings

CONNECT_SECONDS = 30.0
FINAL_DOT_SECONDS = 600.0
"""RFC 5321, 4.5.3.2.6: a shorter patience sends mails twice."""
_LONE_DOT = re.compile(rb"(?m)^\.")


class DeliveryFailure(Exception):
    """The relay did not take the mail."""


class TemporaryFailure(DeliveryFailure):
    """It may take it later."""


class PermanentFailure(DeliveryFailure):
    """It will never take it."""


class Uncertain(DeliveryFailure):
    """The connection broke after the body went out: perhaps it was taken."""


class Withdrawn(Exception):
    """Somebody took the mail back, or another worker has it, before its body went out."""


BeforeBody = Callable[[], bool]


class Relay:
    """One connection to the relay, opened when first needed and kept for the next mail."""

    def __init__(self, chosen: Settings | None = None) -> None:
        self._chosen = chosen or settings()
        self._smtp: smtplib.SMTP | None = None
        self.not_taken: dict[str, str] = {}
        """Of the last mail: who among the others was refused, and in which words."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp = None

    def send(
        self, sender: str, recipients: Sequence[str], content: bytes, *, before_body: BeforeBody
    ) -> str:
        """Hand over one mail; gives the relay's words of acceptance.

        The first recipient must be taken; a copy to the others is only asked for. `before_body`
        is called after the relay said 354, so that a crash from then on is known.
        """
        try:
            smtp = self._ready()
            self._envelope(smtp, sender, recipients)
        except (smtplib.SMTPException, OSError) as failure:
            self._drop()
            raise _by_kind(failure) from failure
        if not before_body():
            self._drop()
            raise Withdrawn
        return self._body(smtp, content)

    def greet(self) -> None:
        """Introduce ourselves and sign in, and send nothing; raises a DeliveryFailure."""
        try:
            self._ready().ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as failure:
            self._drop()
            raise _by_kind(failure) from failure

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is not None:
            try:
                if self._smtp.rset()[0] == 250:
                    return self._smtp
            except (smtplib.SMTPException, OSError):
                self._drop()
        self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        chosen, context = self._chosen, ssl.create_default_context()
        if chosen.smtp_security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                chosen.smtp_host, chosen.smtp_port, timeout=CONNECT_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=CONNECT_SECONDS)
        if chosen.smtp_security == "starttls":
            smtp.starttls(context=context)
        if chosen.smtp_user:
            smtp.login(chosen.smtp_user, chosen.smtp_password.get_secret_value())
        return smtp

    def _envelope(self, smtp: smtplib.SMTP, sender: str, recipients: Sequence[str]) -> None:
        smtp.ehlo_or_helo_if_needed()
        _expect(smtp.mail(sender), 250)
        _expect(smtp.rcpt(recipients[0]), 250, 251)
        self.not_taken = {}
        for copy in recipients[1:]:
            code, said = smtp.rcpt(copy)
            if code not in (250, 251):
                self.not_taken[copy] = f"{code} {said.decode('utf-8', 'replace')}"
        _expect(smtp.docmd("DATA"), 354)

    def _body(self, smtp: smtplib.SMTP, content: bytes) -> str:
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(FINAL_DOT_SECONDS)
            smtp.send(stuffed(content))
            reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as failure:
            self._drop()
            raise Uncertain(f"the relay did not answer after the body: {failure}") from failure
        if smtp.sock is not None:
            smtp.sock.settimeout(CONNECT_SECONDS)
        try:
            return _expect(reply, 250)
        except smtplib.SMTPResponseException as failure:
            raise _by_kind(failure) from failure

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def stuffed(content: bytes) -> bytes:
    """The body as it goes over the wire: CRLF alone, lines with a leading dot doubled, a final dot.

    A bare CR or LF would let a body end itself early (SMTP smuggling), so none is left.
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    ended = lines if lines.endswith(b"\n") else lines + b"\n"
    return _LONE_DOT.sub(b"..", ended).replace(b"\n", b"\r\n") + b".\r\n"


def _expect(reply: tuple[int, bytes], *wanted: int) -> str:
    code, said = reply
    words = said.decode("utf-8", "replace")
    if code not in wanted:
        raise smtplib.SMTPResponseException(code, words)
    return f"{code} {words}"


def _by_kind(failure: smtplib.SMTPException | OSError) -> DeliveryFailure:
    if isinstance(failure, smtplib.SMTPResponseException):
        said = f"{failure.smtp_code} {failure.smtp_error!s}"
        # A refused sign-in is our trouble and not the mail's: it can be mended.
        lasting = 500 <= failure.smtp_code < 600
        if lasting and not isinstance(failure, smtplib.SMTPAuthenticationError):
            return PermanentFailure(said)
        return TemporaryFailure(said)
    return TemporaryFailure(f"the relay cannot be reached: {failure}")
