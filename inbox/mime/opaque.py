"""Mails that are signed as a whole (S/MIME, RFC 8551): the mail stands inside the signature."""

import re

TYPES = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))

_SEQUENCE, _SET, _INTEGER, _OID, _CONTENT = 0x30, 0x31, 0x02, 0x06, 0xA0
_OCTETS, _CHUNKS = 0x04, 0x24
# Where the mail stands, from outside: what is gone into, and what is passed over before it.
_PATH = (
    (_SEQUENCE, ()),
    (_CONTENT, (_OID,)),
    (_SEQUENCE, ()),
    (_SEQUENCE, (_INTEGER, _SET)),
    (_CONTENT, (_OID,)),
)
_MOST_CHUNKS = 100_000
_LONGEST_LENGTH = 4
_UNTIL_THE_END = -1
# A signed file, such as an invoice, is a file; only what has a header of its own is a mail.
_IS_MAIL = re.compile(rb"\s{0,10}(?:content-[a-z-]{1,40}|mime-version):", re.I)


def signed_mail(content: bytes) -> bytes | None:
    """The mail inside, or None where there is none or it is not to be read."""
    at: int | None = 0
    for into, before in _PATH:
        for tag in before:
            at = _behind(content, at, tag)
        at = _inside(content, at, into)
    found = _octets(content, at) if at is not None else None
    return found if found and _IS_MAIL.match(found) else None


def _octets(content: bytes, at: int) -> bytes | None:
    """One string, or one in many pieces."""
    tag, start, length = _head(content, at)
    if tag == _OCTETS and length >= 0:
        return content[start : start + length]
    if tag != _CHUNKS:
        return None
    end = len(content) if length == _UNTIL_THE_END else start + length
    pieces: list[bytes] = []
    while start < end and len(pieces) < _MOST_CHUNKS:
        tag, inside, length = _head(content, start)
        if tag != _OCTETS or length < 0:
            break
        pieces.append(content[inside : inside + length])
        start = inside + length
    return b"".join(pieces)


def _inside(content: bytes, at: int | None, wanted: int) -> int | None:
    if at is None:
        return None
    tag, start, _ = _head(content, at)
    return start if tag == wanted else None


def _behind(content: bytes, at: int | None, wanted: int) -> int | None:
    if at is None:
        return None
    tag, start, length = _head(content, at)
    return start + length if tag == wanted and length >= 0 else None


def _head(content: bytes, at: int) -> tuple[int, int, int]:
    """The tag, where the value begins, and its length; no tag where the bytes are over."""
    if at + 2 > len(content):
        return -1, at, 0
    tag, length = content[at], content[at + 1]
    if length < 0x80:
        return tag, at + 2, length
    if length == 0x80:
        return tag, at + 2, _UNTIL_THE_END
    count = length & 0x7F
    if count > _LONGEST_LENGTH:
        return -1, at, 0
    start = at + 2 + count
    return tag, start, int.from_bytes(content[at + 2 : start], "big")
