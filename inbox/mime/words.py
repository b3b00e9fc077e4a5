"""Header values as people read them: encoded-words (RFC 2047) and raw 8-bit text; linear."""

import binascii
import re

from inbox.mime.charsets import decode

_OPENING = re.compile(rb"=\?([^?=\s]{1,60})\?([bBqQ])\?")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_UNSEEN = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")

# A piece of a header: its charset, or None for what stands outside the encoded-words.
Piece = tuple[bytes | None, bytes]


def decode_words(value: bytes) -> str:
    """The text of an unfolded header value, on one line."""
    if b"=?" not in value:
        text = decode(value, None)[0]
    else:
        text = _text(value)
        if text.startswith("=?") and text.endswith("?="):
            # A gateway encoded what was encoded before.
            text = _text(text.encode("utf-8", "replace"))
    return _UNSEEN.sub(" ", text).strip()


def _text(value: bytes) -> str:
    return "".join(_decoded(piece) for piece in _joined(_pieces(value)))


def _pieces(value: bytes) -> list[Piece]:
    pieces: list[Piece] = []
    openings = list(_OPENING.finditer(value))
    ends = [*(opening.start() for opening in openings), len(value)][1:]
    outside = 0
    for opening, limit in zip(openings, ends, strict=True):
        close = value.find(b"?=", opening.end(), limit)
        if close < 0:
            continue
        pieces.append((None, value[outside : opening.start()]))
        charset = opening[1].lower().partition(b"*")[0]
        pieces.append((charset, _unpacked(opening[2], value[opening.end() : close])))
        outside = close + 2
    pieces.append((None, value[outside:]))
    return pieces


def _unpacked(encoding: bytes, content: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)
    letters = _NOT_BASE64.sub(b"", content)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring words of one charset as one, since a character may be cut between two words."""
    runs: list[tuple[bytes | None, list[bytes]]] = []
    for charset, content in pieces:
        if charset is None and not content:
            continue
        if charset is not None:
            _drop_the_gap(runs)
        if runs and charset is not None and runs[-1][0] == charset:
            runs[-1][1].append(content)
        else:
            runs.append((charset, [content]))
    return [(charset, b"".join(contents)) for charset, contents in runs]


def _drop_the_gap(runs: list[tuple[bytes | None, list[bytes]]]) -> None:
    """White space between two encoded-words is no text (RFC 2047, section 6.2)."""
    if len(runs) > 1 and runs[-1][0] is None and not b"".join(runs[-1][1]).strip():
        runs.pop()


def _decoded(piece: Piece) -> str:
    charset, content = piece
    return decode(content, None if charset is None else charset.decode("ascii", "replace"))[0]
