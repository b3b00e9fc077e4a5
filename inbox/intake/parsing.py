"""Bytes to Mail: the one door to mail-parser, with a net under it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message
from email.parser import BytesFeedParser
from typing import Any

from mailparser import MailParser

from cases.mail import Address, Mail
from inbox.intake.addresses import MOST, read_addresses
from inbox.intake.bodies import Bodies, read_bodies
from inbox.intake.ids import read_id, read_ids
from inbox.intake.sent import read_date
from inbox.mime.parts import DEPTH, PARTS, Part, split
from inbox.mime.words import decode_words

MOST_DEFECTS = 30
MOST_HOPS = 50
LONGEST_SUBJECT = 2_000
LONGEST_FIELD = 8_000
LONGEST_MESSAGE = 2_000_000

_READ_BY_THE_LIBRARY = frozenset(
    ("from", "to", "cc", "bcc", "reply-to", "delivered-to", "date", "resent-date", "received")
)
_examine: Callable[[Message], Any] = MailParser
_ONCE = ("from", "subject", "date", "message-id", "to", "cc", "reply-to", "content-type")
_WHERE_IT_WENT = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A mail, and the library's message behind it, which does not leave the intake."""

    mail: Mail
    message: Message | None


@dataclass(frozen=True, slots=True)
class _Trace:
    """What mail-parser read in the header: the date, and what is wrong with it."""

    sent_at: datetime | None
    defects: tuple[str, ...]


def parse(content: bytes) -> Parsed:
    """The mail as far as it can be read; what could not is named in its defects."""
    root, defects = split(content)
    trace = _trace(root)
    bodies = read_bodies(root)
    mail = _mail(root, bodies, trace)
    found = [*defects, *_repeated(root), *_cut(mail), *trace.defects, *bodies.defects]
    mail = replace(mail, defects=tuple(dict.fromkeys(found))[:MOST_DEFECTS])
    return Parsed(mail, _message(content))


def _mail(root: Part, bodies: Bodies, trace: _Trace) -> Mail:
    headers = tuple((name, decode_words(value)) for name, value in root.fields)
    first = dict(reversed(headers))
    attachments = tuple(sorted(bodies.attachments, key=lambda attachment: attachment.part))
    return Mail(
        message_id=read_id(first.get("message-id", "")),
        in_reply_to=read_ids(first.get("in-reply-to", "")),
        references=read_ids(first.get("references", "")),
        sender=_sender(root),
        reply_to=_all(root, "reply-to"),
        to=_all(root, "to"),
        cc=_all(root, "cc"),
        delivered_to=_delivered_to(root),
        return_path=_return_path(root),
        subject=first.get("subject", "")[:LONGEST_SUBJECT],
        sent_at=trace.sent_at or read_date(first.get("date", "")),
        text=bodies.text,
        text_from_html=bodies.text_from_html,
        html=bodies.html,
        attachments=attachments,
        headers=headers,
    )


def _sender(root: Part) -> Address:
    """The first author who has an address; in "Ruiz, Ana <ana@…>" the comma divides nobody."""
    authors = read_addresses(root.header("from"))
    whole = (author for author in authors if "@" in author.address)
    spoken = (author for author in authors if author.address)
    return next(whole, next(spoken, authors[0] if authors else Address("")))


def _all(root: Part, name: str) -> tuple[Address, ...]:
    """The mailboxes of all header fields of that name."""
    value = b", ".join(value for key, value in root.fields if key == name)
    return tuple(one for one in read_addresses(value) if one.address)


def _delivered_to(root: Part) -> tuple[str, ...]:
    found = [one.address for name in _WHERE_IT_WENT for one in _all(root, name)]
    return tuple(dict.fromkeys(found))


def _return_path(root: Part) -> str | None:
    if not any(name == "return-path" for name, _ in root.fields):
        return None
    return next((one.address for one in read_addresses(root.header("return-path"))), "")


def _repeated(root: Part) -> list[str]:
    count = Counter(name for name, _ in root.fields)
    return [f"the header {name} stands {count[name]} times" for name in _ONCE if count[name] > 1]


def _cut(mail: Mail) -> list[str]:
    """What is left out because there is too much of it."""
    cut = [
        f"more than {MOST} addresses in {name}: the rest was cut"
        for name, addresses in (("to", mail.to), ("cc", mail.cc), ("reply-to", mail.reply_to))
        if len(addresses) >= MOST
    ]
    if len(mail.subject) == LONGEST_SUBJECT:
        cut.append(f"the subject is longer than {LONGEST_SUBJECT} characters: cut")
    return cut


def _trace(root: Part) -> _Trace:
    """The header through mail-parser. It gets no bodies: those we read ourselves."""
    header, hops = Message(), 0
    for name, value in root.fields:
        hops += name == "received"
        if name in _READ_BY_THE_LIBRARY and hops <= MOST_HOPS:
            header.set_raw(name, value[:LONGEST_FIELD].decode("ascii", "surrogateescape"))
    try:
        # It raises TypeError, AttributeError and others on broken mail, whatever its own errors.
        seen = _examine(header)
    except Exception as failure:
        return _Trace(None, (f"the header could not be examined ({type(failure).__name__})",))
    named = [line for group in seen.defects for lines in group.values() for line in lines]
    return _Trace(seen.date, tuple(str(line)[:200] for line in named))


class _TooMuch(Exception):
    """The message has more parts, or deeper ones, than are looked at."""


def _message(content: bytes) -> Message | None:
    """The message for readers of reports: of a huge mail its beginning, of a hostile one none."""
    made: list[Message] = []

    def another(policy: object = None) -> Message:
        if len(made) >= PARTS:
            raise _TooMuch
        made.append(Message())
        return made[-1]

    if content.count(b"\nContent-Type: multipart/") > DEPTH:
        return None
    try:
        parser = BytesFeedParser(another)
        parser.feed(content[:LONGEST_MESSAGE].replace(b"\x00", b""))
        return parser.close()
    except Exception:
        return None
