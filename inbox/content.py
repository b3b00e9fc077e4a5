"""Bodies and attachments out of the raw mail, on demand: the spool keeps the bytes and only them.

Parts are split and counted by the same walk as when the mail came in.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inbox import spool
from inbox.mime.charsets import decode
from inbox.mime.decoding import attachment_content, charset_of, decoded
from inbox.mime.parts import leaves, split
from inbox.mime.sorting import sort_parts

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
    found = attachment_content(content, number)
    return found if found is not None and len(found) == size else None


def html(content: bytes) -> str:
    """The HTML of the body, as it came: whoever shows it must clean it."""
    for part in sort_parts(split(content)[0]).html:
        if part.type == "text/html":
            found = decoded(part)
            return decode(found, charset_of(part, found))[0][:LONGEST_HTML]
    return ""


def pictures(content: bytes) -> dict[str, Picture]:
    """The pictures that the body refers to, by their Content-ID."""
    found: dict[str, Picture] = {}
    left = LARGEST_PICTURES
    for part in leaves(split(content)[0]):
        name = part.header("content-id").strip(b"<> \t").decode("utf-8", "replace")
        if not name or not part.type.startswith("image/"):
            continue
        picture = picture_of(decoded(part))
        if picture is not None and len(found) < MOST_PICTURES and len(picture.content) <= left:
            left -= len(picture.content)
            found[name] = picture
    return found


def picture_of(content: bytes) -> Picture | None:
    """The picture that those bytes are, or None: what they claim to be does not count."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Picture("image/webp", content)
    kind = next((kind for mark, kind in _PICTURES.items() if content.startswith(mark)), None)
    return Picture(kind, content) if kind else None
