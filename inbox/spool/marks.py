"""What a mail is recognised by after its server renumbered the folder. Pure."""

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIELDS = ("MESSAGE-ID", "DATE", "FROM", "SUBJECT")
HEAD = 2**17
_FIELD = re.compile(rb"(?im)^(message-id|date|from|subject)[ \t]*:((?:.*\n[ \t])*.*)$")
_END = re.compile(rb"\r?\n\r?\n")


def head_mark(content: bytes) -> str:
    """Digest of Message-ID, Date, From and Subject; "" where id or date is missing.

    Some programs use an id again and again, so that it alone says too little.
    """
    fields = _fields(content)
    if not {b"message-id", b"date"} <= {name for name, value in fields if value}:
        return ""
    lines = sorted(name + b":" + value for name, value in fields)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def sent_at(content: bytes) -> datetime | None:
    """The Date header, which may lie; None if there is none that can be read."""
    for name, value in _fields(content):
        if name == b"date":
            return _date(value.decode("ascii", "replace"))
    return None


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said[:100])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, IndexError):
        return None


def _fields(content: bytes) -> list[tuple[bytes, bytes]]:
    head = content[:HEAD].lstrip(b"\r\n")
    end = _END.search(head)
    head = head[: end.start()] if end else head
    # Servers fold and space header lines in their own ways, so only the words count.
    return [(name.lower(), b" ".join(value[:2000].split())) for name, value in _FIELD.findall(head)]
