"""What a server's FETCH answers say, as our values. Pure."""

from datetime import UTC, datetime
from typing import Any

from cases import clock
from inbox.spool.marks import head_mark, sent_at
from inbox.spool.renumbering import Listed

Answer = dict[bytes, Any]
REFUSED = b"REFUSED"
"""Stands in the answer about a mail that is there and that the server does not give."""


def size(said: Answer) -> int | None:
    """Bytes of the mail, or None if the answer does not tell: somebody took it away."""
    found = said.get(b"RFC822.SIZE")
    return int(found) if found is not None else None


def body(said: Answer, start: int | None = None) -> bytes | None:
    """The body, or the piece of it that begins there; None if it was taken away."""
    key = b"BODY[]" if start is None else b"BODY[]<%d>" % start
    found = said.get(key)
    return bytes(found) if found is not None else None


def arrived_at(said: Answer) -> datetime:
    """INTERNALDATE; a server that says none is asked no more questions."""
    when = said.get(b"INTERNALDATE")
    return when.astimezone(UTC) if isinstance(when, datetime) else clock.now()


def listed(uid: int, said: Answer) -> Listed | None:
    """A mail as a listing names it; None if it is gone."""
    bytes_, head = size(said), _header_fields(said)
    if bytes_ is None:
        return None
    return Listed(uid, bytes_, arrived_at(said), head_mark(head), sent_at(head))


def _header_fields(said: Answer) -> bytes:
    found = next((said[key] for key in said if key.startswith(b"BODY[HEADER.FIELDS")), None)
    return bytes(found or b"")
