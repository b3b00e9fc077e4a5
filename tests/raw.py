"""Mails as bytes, as servers hand them over: say only what the test is about."""

import random
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

OURS = "soporte@tienda.example"
SERVER = "mx.tienda.example"


@dataclass(frozen=True)
class Sent:
    """A mail that was written, with what an answer to it needs."""

    content: bytes
    id: str
    sender: str
    subject: str
    to: tuple[str, ...]
    references: tuple[str, ...] = ()
    text: str = ""


def verdict(sender: str, result: str) -> str:
    """What our server says about the sender."""
    return f"{SERVER}; dmarc={result} header.from={sender.rpartition('@')[2]}"


def a_raw(
    sender: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    id: str = "",
    to: tuple[str, ...] = (OURS,),
    cc: tuple[str, ...] = (),
    trust: str = "pass",
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A mail that our server took; `trust` is its DMARC verdict, or "" for a mail without any."""
    fields = [
        ("Received", f"from out.example by {SERVER}; {format_datetime(at)}"),
        *([("Authentication-Results", verdict(sender, trust))] if trust else ()),
        *(("From", sender), ("To", ", ".join(to))),
        *([("Cc", ", ".join(cc))] if cc else ()),
        *(("Subject", subject), ("Date", format_datetime(at))),
        *([("Message-ID", f"<{id}>")] if id else ()),
        *headers,
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    head = "\r\n".join(f"{name}: {value}" for name, value in fields)
    return f"{head}\r\n\r\n{text}\r\n".encode()


def an_id(chance: random.Random, domain: str) -> str:
    """A Message-ID as mail programs make them."""
    return f"{chance.getrandbits(64):x}.{chance.randrange(10**6)}@{domain}"
