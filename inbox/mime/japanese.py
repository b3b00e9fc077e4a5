"""ISO-2022-JP as mailers write it: with the vendors' own characters, and with escapes missing."""

import re

_ESCAPE = re.compile(rb"\x1b(\$@|\$B|\(B|\(J|\(I|\$\(D)")
_KANJI = {b"$@", b"$B", b"$(D"}


def decode_iso_2022_jp(content: bytes) -> str:
    """Text of JIS escapes, read by way of Shift_JIS, whose table knows the vendors' characters."""
    pieces = _ESCAPE.split(content)
    text = [_outside(pieces[0])]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        text.append(_inside(escape, piece))
    return "".join(text)


def _inside(escape: bytes, piece: bytes) -> str:
    if escape in _KANJI:
        return _kanji(piece)
    if escape == b"(I":
        return bytes(byte | 0x80 for byte in piece).decode("cp932", "replace")
    return _outside(piece)


def _outside(piece: bytes) -> str:
    return piece.decode("cp932", "replace")


def _kanji(piece: bytes) -> str:
    """Pairs up to the end of the line: a line's end leaves the kanji, whatever the escapes say."""
    line, newline, rest = piece.partition(b"\n")
    pairs = zip(line[::2], line[1::2], strict=False)
    text = b"".join(_shifted(lead & 0x7F, trail & 0x7F) for lead, trail in pairs)
    return text.decode("cp932", "replace") + (newline + rest).decode("cp932", "replace")


def _shifted(lead: int, trail: int) -> bytes:
    """One JIS X 0208 pair as Shift_JIS."""
    if lead < 0x21 or trail < 0x21:
        return bytes([lead, trail])
    row = (lead + 1) // 2 + (0x70 if lead < 0x5F else 0xB0)
    if lead % 2:
        return bytes([row, trail + (0x20 if trail >= 0x60 else 0x1F)])
    return bytes([row, trail + 0x7E])
