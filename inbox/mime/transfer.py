"""Transfer encodings undone: base64, quoted-printable, uuencode, yEnc, also where broken."""

import binascii
import re
from collections.abc import Callable

from inbox.mime.words import decode_words

MOST_FILES = 100

_ALPHABET = re.compile(rb"[A-Za-z0-9+/=\s]*")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
# "begin 2026 with us" opens a sentence: behind a real one, a line of 45 bytes or a short last one.
_UU_BEGIN = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n"
    rb"(?=M[ -`]{30,63}\r?\n|[!-L][ -`]{4,63}\r?\n[` ]?\r?\n?end)",
    re.M,
)
_UU_END = re.compile(rb"^end[ \t\r]*$", re.M)
_YENC_BEGIN = re.compile(rb"^=ybegin ([^\r\n]{0,400})\r?\n", re.M)
_YENC_END = re.compile(rb"^=yend[^\r\n]{0,400}\r?$", re.M)
_SHIFTED = bytes((byte - 42) % 256 for byte in range(256))

# A file found inside a text body: its name and its bytes.
Enclosed = tuple[str, bytes]


def undo(body: bytes, encoding: bytes) -> bytes:
    """The body's own bytes."""
    name = encoding.strip().lower().partition(b";")[0].partition(b" ")[0].strip(b"\"'")
    if name in (b"base64", b"base-64"):
        return _base64(body)
    if name.startswith(b"quoted"):
        return binascii.a2b_qp(body)
    if name in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        _, files = enclosed_files(body)
        return files[0][1] if files else body
    return body


def enclosed_files(body: bytes) -> tuple[bytes, list[Enclosed]]:
    """The text without the uuencoded and yEnc files in it, and those files."""
    files: list[Enclosed] = []
    if b"=ybegin " in body:
        body = _cut_out(body, _YENC_BEGIN, _YENC_END, _yenc, files)
    if body.startswith(b"begin ") or b"\nbegin " in body:
        body = _cut_out(body, _UU_BEGIN, _UU_END, _uu, files)
    return body, files


def is_base64(body: bytes) -> bool:
    """Whether it is, up to its padding; what stands behind that is somebody's addition."""
    return _ALPHABET.fullmatch(body.partition(b"=")[0]) is not None


def _base64(body: bytes) -> bytes:
    """Decoded leniently; text that only claims to be base64 comes back as it is."""
    body = _without_addition(body)
    head, _, tail = body.partition(b"=")
    tail = tail.lstrip(b"=")
    if tail.strip() and tail[:1] not in b" \t" and _ALPHABET.fullmatch(tail):
        # Several encoded pieces, one behind the other: each has its own padding.
        return b"".join(_letters(_NOT_BASE64.sub(b"", piece)) for piece in body.split(b"="))
    letters = _NOT_BASE64.sub(b"", head)
    strange = len(head) - len(letters) - head.count(b"\r") - head.count(b"\n")
    if strange * 5 > len(head) and not _ALPHABET.fullmatch(head):
        return body
    return _letters(letters)


def _without_addition(body: bytes) -> bytes:
    """Lists and virus scanners write below a text whatever its encoding is."""
    blank = _BLANK_LINE.search(body, len(body) - len(body.lstrip()))
    if blank is None or _ALPHABET.fullmatch(body, blank.end()):
        return body
    before = body[: blank.start()]
    return before if before.strip() and is_base64(before) else body


def _letters(letters: bytes) -> bytes:
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _cut_out(
    body: bytes,
    begin: re.Pattern[bytes],
    end: re.Pattern[bytes],
    read: Callable[[bytes, bytes], Enclosed],
    files: list[Enclosed],
) -> bytes:
    """The body without what stands between begin and end, which goes to the files."""
    kept, position = [], 0
    for opening in begin.finditer(body):
        if opening.start() < position or len(files) >= MOST_FILES:
            continue
        closing = end.search(body, opening.end())
        stop = closing.start() if closing else len(body)
        files.append(read(opening[1], body[opening.end() : stop]))
        kept.append(body[position : opening.start()])
        position = closing.end() if closing else len(body)
    kept.append(body[position:])
    return b"".join(kept)


def _uu(name: bytes, body: bytes) -> Enclosed:
    return decode_words(name), b"".join(_uu_line(line) for line in body.splitlines())


def _uu_line(line: bytes) -> bytes:
    if not line.strip():
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders write a character too many: as many are read as the line says.
        try:
            return binascii.a2b_uu(line[: ((line[0] - 32) & 63) * 4 // 3 + 5])
        except binascii.Error:
            return b""


def _yenc(words: bytes, body: bytes) -> Enclosed:
    _, _, name = words.partition(b"name=")
    if body.startswith(b"=ypart"):
        body = body.partition(b"\n")[2]
    first, *escaped = body.replace(b"\r", b"").replace(b"\n", b"").split(b"=")
    pieces = [first.translate(_SHIFTED)]
    for piece in escaped:
        escape = bytes((byte - 106) % 256 for byte in piece[:1])
        pieces.append(escape + piece[1:].translate(_SHIFTED))
    return decode_words(name), b"".join(pieces)
