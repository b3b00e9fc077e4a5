"""Builds the bytes of a mail: threading headers, marks of automatic mail, nothing injected."""

import email
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as Named
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cases.mail import Address

REFERENCES_BYTES = 1500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


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
    cc: tuple[Address, ...] = ()


def compose(draft: Draft) -> bytes:
    """The mail as bytes with CRLF; raises NotAsMeant."""
    mail = EmailMessage(policy=SMTP)
    intended = _headers(draft)
    # set_content takes away all Content- headers, so it comes first.
    mail.set_content(draft.text, cte="quoted-printable" if not draft.text.isascii() else None)
    for name, value in intended.items():
        mail[name] = value
    content = mail.as_bytes()
    _check(content, intended)
    return content


def _headers(draft: Draft) -> dict[str, object]:
    headers: dict[str, object] = {
        "From": _named(draft.sender),
        "To": _named(draft.recipient),
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
    headers["X-Tregua-Loop"] = draft.loop_mark
    return {name: value for name, value in headers.items() if value}


def safe(text: str, longest: int = 900) -> str:
    """Text that may stand in a header: no control characters, no line separators (E11)."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())[:longest]


def safe_id(rfc_id: str) -> str:
    """A Message-ID that may stand in a header, or "" if it is none."""
    return rfc_id if re.fullmatch(r"[!-;=?-~]{1,600}", rfc_id) else ""


def _named(who: Address) -> Named:
    return Named(display_name=safe(who.name, 200), addr_spec=who.address)


def references(older: tuple[str, ...], parent: str) -> str:
    """The References header: the first four and the newest, below what relays accept."""
    ids = [one for one in dict.fromkeys(map(safe_id, (*older, parent))) if one]
    head, tail = ids[:4], ids[4:]
    while tail and sum(len(one) + 3 for one in (*head, *tail)) > REFERENCES_BYTES:
        tail.pop(0)
    while head and sum(len(one) + 3 for one in (*head, *tail)) > REFERENCES_BYTES:
        head.pop(0)
    return " ".join(f"<{one}>" for one in (*head, *tail))


def _check(content: bytes, intended: dict[str, object]) -> None:
    """Read the bytes again with another parser: exactly the meant headers, each once."""
    found = sorted(name.lower() for name in email.message_from_bytes(content))
    body = ["content-transfer-encoding", "content-type", "mime-version"]
    if found != sorted([name.lower() for name in intended] + body):
        raise NotAsMeant(f"headers {found} were not meant")
