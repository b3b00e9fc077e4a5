"""Builds the bytes of a mail: threading headers, marks of automatic mail, nothing injected."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address as Named
from email.utils import format_datetime
from functools import lru_cache

import idna

from bot.composing import dkim_signing, html_twin, writing
from bot.composing.enclosing import Enclosure, with_files
from cases.mail import Address

REFERENCES_BYTES = 1500
# C0, C1, line separators, lone surrogates, and marks that turn the reading direction.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")


_PLAIN = re.compile(r"[a-zA-Z0-9_+-]+(?:\.[a-zA-Z0-9_+-]+)*")
_HOST = re.compile(r"[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*")


class NotAsMeant(Exception):
    """The bytes of a composed mail do not say what was meant; it must not leave."""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that one outgoing mail says."""

    message_id: str
    sender: Address
    recipient: Address
    subject: str
    text: str
    at: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: str = ""
    automatic: bool = False
    language: str = ""
    loop_mark: str = ""
    trial_mark: str = ""
    unsubscribe: str = ""
    """Address of the page where one click ends mails of this kind (RFC 8058)."""
    has_html: bool = False
    """Whether the text goes out as HTML too (multipart/alternative)."""
    also_to: tuple[Address, ...] = ()
    """Others to whom it is addressed besides the recipient."""
    cc: tuple[Address, ...] = ()
    files: tuple[Enclosure, ...] = ()


def compose(draft: Draft) -> bytes:
    """The mail as bytes with CRLF, signed where that is wished for; raises NotAsMeant."""
    try:
        intended = _headers(draft)
        content = _written(intended, draft)
    except (MessageError, ValueError, LookupError, idna.IDNAError) as wrong:
        raise NotAsMeant(f"the mail cannot be written: {wrong}") from wrong
    _check(content, intended, has_parts=draft.has_html or bool(draft.files))
    return dkim_signing.signed(content, draft.sender.address.rpartition("@")[2])


def _written(intended: dict[str, writing.Value], draft: Draft) -> bytes:
    text = _NOT_TEXT.sub("", draft.text.replace("\r\n", "\n").replace("\r", "\n"))
    fields = "".join(writing.header(name, value) for name, value in intended.items())
    spoken = safe(draft.language, 20)
    body = html_twin.two_forms(text, spoken) if draft.has_html else writing.body(text)
    body = with_files(body, draft.files) if draft.files else body
    return f"{fields}{body}".encode("ascii")


def _headers(draft: Draft) -> dict[str, writing.Value]:
    headers: dict[str, writing.Value] = {
        "From": _named(draft.sender),
        "To": [_named(one) for one in (draft.recipient, *draft.also_to)],
        "Cc": [_named(one) for one in draft.cc],
        "Subject": safe(draft.subject),
        "Date": format_datetime(draft.at),
        "Message-ID": f"<{safe_id(draft.message_id)}>",
        "In-Reply-To": f"<{safe_id(draft.in_reply_to)}>" if safe_id(draft.in_reply_to) else "",
        "References": references(draft.references, draft.in_reply_to),
        "Reply-To": safe(draft.reply_to),
        "Content-Language": safe(draft.language),
    }
    if draft.automatic:
        headers |= {
            "Auto-Submitted": "auto-replied",
            "Precedence": "auto_reply",
            "X-Auto-Response-Suppress": "All",
        }
    if draft.unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{safe(draft.unsubscribe)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    headers |= {"X-Tregua-Loop": draft.loop_mark, "X-Tregua-Trial": draft.trial_mark}
    return {name: value for name, value in headers.items() if value}


def safe(text: str, longest: int = 900) -> str:
    """Text that may stand in a header: no control characters, no line separators.

    What looks like an encoded word would be decoded while it is written, with all that is in it.
    """
    plain = _CONTROL.sub(" ", unicodedata.normalize("NFC", text)).replace("=?", "= ?")
    return " ".join(plain.split())[:longest].strip()


def safe_id(rfc_id: str) -> str:
    """A Message-ID that may stand in a header, or "" if it is none."""
    return rfc_id if re.fullmatch(r"[!-;=?-~]{1,600}", rfc_id) else ""


@lru_cache(maxsize=4096)
def _named(who: Address) -> Named:
    local, _at, domain = who.address.rpartition("@")
    ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    if not local.isascii() or _CONTROL.search(who.address):
        raise NotAsMeant(f"{who.address!r} is no address that every server takes")
    name = safe(who.name, 200)
    if _PLAIN.fullmatch(local) and _HOST.fullmatch(ascii_domain):
        # Nothing in it is to be understood, which takes the library longer than the whole rest.
        return Named(display_name=name, username=local, domain=ascii_domain)
    return Named(display_name=name, addr_spec=f"{local}@{ascii_domain}")


def references(older: tuple[str, ...], parent: str) -> str:
    """The References header: the first four and the newest, below what relays accept."""
    ids = [one for one in dict.fromkeys(map(safe_id, (*older, parent))) if one]
    head, tail = ids[:4], ids[4:]
    while tail and sum(len(one) + 3 for one in (*head, *tail)) > REFERENCES_BYTES:
        tail.pop(0)
    while head and sum(len(one) + 3 for one in (*head, *tail)) > REFERENCES_BYTES:
        head.pop(0)
    return " ".join(f"<{one}>" for one in (*head, *tail))


def _names(head: bytes) -> list[str]:
    """The names of the fields; whatever a server could take for the end of a line is one."""
    lines = (line for line in _LINE_ENDS.split(head) if not line.startswith((b" ", b"\t")))
    return [line.partition(b":")[0].lower().decode("ascii", "replace") for line in lines]


def _check(content: bytes, intended: dict[str, writing.Value], *, has_parts: bool) -> None:
    """Read the bytes again, as a stranger would: exactly the meant headers, each once."""
    found = sorted(_names(content.partition(b"\r\n\r\n")[0]))
    # A container of two forms has no encoding of its own.
    body = ["content-type", "mime-version", *([] if has_parts else ["content-transfer-encoding"])]
    if found != sorted([name.lower() for name in intended] + body):
        raise NotAsMeant(f"headers {found} were not meant")
