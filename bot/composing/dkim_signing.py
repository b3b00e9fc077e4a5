"""DKIM signatures (RFC 6376), where the relay does not sign by itself. Knows no outbox."""

import logging
from functools import cache
from pathlib import Path

import dkim
from pydantic import Field

from cases.settings import BadSetting, EnvironmentThenFile

log = logging.getLogger(__name__)

# Named once more than they occur, so that nobody can add a second one on the way.
_SEALED = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To")
_SIGNED = (
    *("In-Reply-To", "References", "Content-Type", "MIME-Version", "Auto-Submitted"),
    *("List-Unsubscribe", "List-Unsubscribe-Post"),
)


class Settings(EnvironmentThenFile):
    """Settings of the signature; without a selector nothing is signed."""

    dkim_selector: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    dkim_key_file: Path | None = None
    """PEM with the private key; its public half stands in the DNS of each domain."""
    dkim_domains: list[str] = Field(default_factory=list)
    """Sender domains to sign for; all of them where none is named."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()


def signed(content: bytes, domain: str) -> bytes:
    """The mail with its signature on top, if the domain's mails are to be signed.

    A key that cannot be used must not keep a customer from an answer: the mail goes out without.
    """
    chosen = settings()
    if not chosen.dkim_selector or (chosen.dkim_domains and domain not in chosen.dkim_domains):
        return content
    try:
        return _signature(content, domain) + content
    except (BadSetting, dkim.DKIMException) as wrong:
        log.error("a mail of %s leaves without signature: %s", domain, wrong)
        return content


def check(domain: str) -> None:
    """Try to sign for that domain; raises BadSetting with what is wrong."""
    try:
        _signature(b"From: a@b\r\n\r\n\r\n", domain)
    except dkim.DKIMException as wrong:
        raise BadSetting(f"TREGUA_DKIM_KEY_FILE cannot sign for {domain}: {wrong}.") from wrong


def _signature(content: bytes, domain: str) -> bytes:
    present = {name.lower() for name in _names(content)}
    once = [name for name in (*_SEALED, *_SIGNED) if name.lower() in present]
    made: bytes = dkim.sign(
        content,
        settings().dkim_selector.encode(),
        domain.encode(),
        _key(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.lower().encode() for name in (*once, *_SEALED)],
    )
    return made


def _names(content: bytes) -> list[str]:
    head = content.partition(b"\r\n\r\n")[0]
    lines = (line for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t"))
    return [line.partition(b":")[0].decode("ascii", "replace") for line in lines]


def _key() -> bytes:
    file = settings().dkim_key_file
    try:
        return file.read_bytes() if file is not None else b""
    except OSError as failure:
        raise BadSetting(f"TREGUA_DKIM_KEY_FILE cannot be read: {failure.strerror}.") from failure
