"""Bodies and attachments out of the raw mail, on demand: the spool keeps the bytes and only them.

Parts are counted as the intake counts them: each part in the order of the mail, containers too,
and an attached mail is one part, however much is in it.
"""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Part

from sqlalchemy.orm import Session

from inbox import spool

MOST_PARTS = 1_000
MOST_CONTAINERS = 100
"""Python's parser takes the square of the time for parts inside parts inside parts."""
LONGEST_HTML = 1_000_000
MOST_PICTURES, LARGEST_PICTURES = 30, 8_000_000

# The first bytes decide, never what the mail says: a picture is shown only if it is one.
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that stands inside a body."""

    type: str
    content: bytes


def original(session: Session, raw_id: int | None) -> bytes | None:
    """The mail as it came, or None if there is no raw mail."""
    return spool.content_of(session, raw_id) if raw_id is not None else None


def attachment(content: bytes, number: int, size: int) -> bytes | None:
    """The decoded bytes of that part, or None if the part cannot be taken out by itself.

    The size is the one that was noted when the mail came in: another one means another part.
    """
    for position, part in _parts(content):
        if position == number:
            found = _decoded(part)
            return found if part.get_content_maintype() == "message" or len(found) == size else None
    return None


def html(content: bytes) -> str:
    """The HTML of the body, as it came: whoever shows it must clean it."""
    for _position, part in _parts(content):
        if part.get_content_type() == "text/html" and not _is_file(part):
            return _text(part)[:LONGEST_HTML]
    return ""


def pictures(content: bytes) -> dict[str, Picture]:
    """The pictures that the body refers to, by their Content-ID."""
    found: dict[str, Picture] = {}
    left = LARGEST_PICTURES
    for _position, part in _parts(content):
        name = str(part.get("Content-ID", "")).strip("<> \t")
        if not name or part.get_content_maintype() != "image":
            continue
        picture = _picture(_decoded(part))
        if picture is not None and len(found) < MOST_PICTURES and len(picture.content) <= left:
            left -= len(picture.content)
            found[name] = picture
    return found


def _picture(content: bytes) -> Picture | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Picture("image/webp", content)
    kind = next((kind for mark, kind in _PICTURES.items() if content.startswith(mark)), None)
    return Picture(kind, content) if kind else None


def _parts(content: bytes) -> Iterator[tuple[int, Part]]:
    if content.count(b"multipart/") > MOST_CONTAINERS:
        return
    try:
        waiting = [email.message_from_bytes(content)]
    except RecursionError:
        # Nested deeper than Python can follow: nothing can be taken out, the original can.
        return
    for position in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield position, part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(part.get_payload()))  # type: ignore[arg-type]


def _is_file(part: Part) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _decoded(part: Part) -> bytes:
    if part.get_content_maintype() == "message" and part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.get_payload())  # type: ignore[union-attr]
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: Part) -> str:
    """The part's text; undeclared and wrongly declared bytes are read as Windows wrote them."""
    content = _decoded(part)
    said = str(part.get_content_charset() or "utf-8").lower()
    for charset in ("utf-8" if said in ("us-ascii", "ascii") else said, "utf-8"):
        try:
            return content.decode("cp1252" if charset in ("iso-8859-1", "latin-1") else charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", "replace")
