"""Hands one mail to the relay over a kept connection; a failure is for now or for good."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from bot.settings import Settings, settings
from cases import unreached

CONNECT_SECONDS = 30.0
FINAL_DOT_SECONDS = 600.0
"""RFC 5321, 4.5.3.2.6: a shorter patience sends mails twice."""
_WHO_ARE_YOU = frozenset({530, 534, 535, 538})
"""RFC 4954, 6: sign in first, or in another way."""
_CLOSES = 421
_MUST = 2
"""Of the commands of an envelope so many must be answered with yes: sender and recipient."""
_PLAIN = re.compile(r"(?:[\w.+-]{1,64}@[\w.-]{1,255})?", re.ASCII)
_LONE_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Way:
    """Which relay to hand mail to, and how to sign in there. "" as the user: not at all."""

    host: str
    port: int
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    """An OAuth token, used in place of the password (XOAUTH2)."""


def usual_way(chosen: Settings | None = None) -> Way:
    """The relay that the admin chose for the whole installation."""
    known = chosen or settings()
    return Way(
        known.smtp_host,
        known.smtp_port,
        known.smtp_security,
        known.smtp_user,
        known.smtp_password.get_secret_value(),
    )


class DeliveryFailure(Exception):
    """The relay did not take the mail."""


class TemporaryFailure(DeliveryFailure):
    """It may take it later."""


class Away(TemporaryFailure):
    """It takes nobody's mail just now."""


class SignInFailure(Away):
    """The relay does not know us; mended by a new password or a new grant."""


class PermanentFailure(DeliveryFailure):
    """It will never take it."""


class Uncertain(DeliveryFailure):
    """The connection broke after the body went out: perhaps it was taken."""


class Withdrawn(Exception):
    """Somebody took the mail back, or another worker has it, before its body went out."""


BeforeBody = Callable[[], bool]
Reply = tuple[int, bytes]


class Relay:
    """One connection to the relay, opened when first needed and kept for the next mail."""

    def __init__(self, way: Way | None = None) -> None:
        self._way = way or usual_way()
        self._smtp: smtplib.SMTP | None = None
        self.not_taken: dict[str, str] = {}
        """Of the last mail: who among the others was refused, and in which words."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
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
            smtp = self._addressed(sender, recipients, content)
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

    def _addressed(self, sender: str, recipients: Sequence[str], content: bytes) -> smtplib.SMTP:
        """A connection on which the relay took the envelope and waits for the body."""
        if self._smtp is not None:
            try:
                return self._envelope(self._smtp, sender, recipients, content)
            except (smtplib.SMTPException, OSError) as failure:
                if not _is_over(failure):
                    raise
                # It grew tired of waiting since the last mail; nothing of this one was said.
                self._drop()
        return self._envelope(self._ready(), sender, recipients, content)

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
            self._introduce(self._smtp)
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        way, patience = self._way, CONNECT_SECONDS
        if way.security != "tls":
            return smtplib.SMTP(way.host, way.port, timeout=patience)
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(way.host, way.port, timeout=patience, context=context)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        if self._way.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if self._way.user:
            _sign_in(smtp, self._way)

    def _envelope(
        self, smtp: smtplib.SMTP, sender: str, recipients: Sequence[str], content: bytes
    ) -> smtplib.SMTP:
        smtp.ehlo_or_helo_if_needed()
        said = _all_at_once if smtp.has_extn("pipelining") else _one_by_one
        options = _options(smtp, "".join((sender, *recipients)), content)
        mail, first, *copies, data = said(smtp, _commands(sender, recipients, options))
        _expect(mail, 250)
        _expect(first, 250, 251)
        self.not_taken = {
            copy: f"{code} {words.decode('utf-8', 'replace')}"
            for copy, (code, words) in zip(recipients[1:], copies, strict=True)
            if code not in (250, 251)
        }
        _expect(data, 354)
        return smtp

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


def _options(smtp: smtplib.SMTP, addresses: str, content: bytes) -> str:
    """What the relay has to know beforehand of a mail that is more than ASCII."""
    options = ""
    if not content.isascii() and smtp.has_extn("8bitmime"):
        options += " BODY=8BITMIME"
    if not addresses.isascii():
        if not smtp.has_extn("smtputf8"):
            raise PermanentFailure("the relay cannot write to addresses with such letters")
        smtp.command_encoding = "utf-8"
        options += " SMTPUTF8"
    return options


def _commands(sender: str, recipients: Sequence[str], options: str) -> list[str]:
    to = [f"RCPT TO:{_quoted(one)}" for one in recipients]
    return [f"MAIL FROM:{_quoted(sender)}{options}", *to, "DATA"]


def _quoted(address: str) -> str:
    """As a command has it; what is plain needs none of the library's careful reading."""
    return f"<{address}>" if _PLAIN.fullmatch(address) else smtplib.quoteaddr(address)


def _one_by_one(smtp: smtplib.SMTP, commands: Sequence[str]) -> list[Reply]:
    """The answers to those commands; what comes after a no that matters is not asked for."""
    replies: list[Reply] = []
    for n, command in enumerate(commands):
        replies.append(smtp.docmd(command))
        # Sender and first recipient must be taken, the others need not be.
        if n < _MUST and replies[-1][0] not in (250, 251):
            return replies + [replies[-1]] * (len(commands) - n - 1)
    return replies


def _all_at_once(smtp: smtplib.SMTP, commands: Sequence[str]) -> list[Reply]:
    """The same in one question (RFC 2920): where the relay is far away, time goes by the way.

    If it wants the body of what must not leave, the caller hangs up.
    """
    for command in commands:
        # As the library does, one command at a time.
        if "\r" in command or "\n" in command:
            raise ValueError("a command to the relay has a line break in it")
    smtp.send("".join(f"{command}\r\n" for command in commands))
    return [smtp.getreply() for _command in commands]


def _is_over(failure: smtplib.SMTPException | OSError) -> bool:
    """Whether the connection ended, and not the mail was refused."""
    if isinstance(failure, smtplib.SMTPResponseException):
        return failure.smtp_code == _CLOSES
    return isinstance(failure, OSError)


def _sign_in(smtp: smtplib.SMTP, way: Way) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn("auth"):
        return
    if not way.token:
        smtp.login(way.user, way.password)
        return
    said = f"user={way.user}\x01auth=Bearer {way.token}\x01\x01"
    # A refusal comes as a challenge, which wants an empty answer before the error is told.
    smtp.auth("XOAUTH2", lambda challenge=None: "" if challenge else said)


def stuffed(content: bytes) -> bytes:
    """The body as it goes over the wire: CRLF alone, lines with a leading dot doubled, a final dot.

    A bare CR or LF would let a body end itself early (SMTP smuggling), so none is left.
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    ended = lines if lines.endswith(b"\n") else lines + b"\n"
    return _LONE_DOT.sub(b"..", ended).replace(b"\n", b"\r\n") + b".\r\n"


def _expect(reply: Reply, *wanted: int) -> str:
    code, said = reply
    words = said.decode("utf-8", "replace")
    if code not in wanted:
        raise smtplib.SMTPResponseException(code, words)
    return f"{code} {words}"


def _by_kind(failure: smtplib.SMTPException | OSError) -> DeliveryFailure:
    if isinstance(failure, smtplib.SMTPResponseException):
        said = f"{failure.smtp_code} {failure.smtp_error!s}"
        # A refused sign-in is our trouble and not the mail's: it can be mended.
        if failure.smtp_code in _WHO_ARE_YOU:
            return SignInFailure(said)
        if failure.smtp_code == _CLOSES:
            return Away(said)
        return PermanentFailure(said) if 500 <= failure.smtp_code < 600 else TemporaryFailure(said)
    return Away(f"the relay cannot be reached: {unreached.why(failure)}")
