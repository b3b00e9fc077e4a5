"""Parameters of Content-Type and Content-Disposition, as really written (RFC 2045, 2231)."""

import re
from urllib.parse import unquote_to_bytes

from inbox.mime.charsets import decode
from inbox.mime.words import decode_words

LONGEST = 8_192

# No alternative can fail half-way, so the scan is linear even where quotes are never closed.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|;|[^";]+', re.S)
_SECTION = re.compile(r"^([^*]+)(?:\*(\d{1,4}))?(\*)?$")


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value before the first semicolon, lower-cased, and the parameters behind it."""
    first, *rest = _segments(value[:LONGEST])
    kind, _, glued = first.strip().partition(" ")
    # "text/plain charset=utf-8": the semicolon was forgotten.
    if "=" in glued:
        rest = [glued, *rest]
    return kind.strip().lower(), _join_sections(_pairs(rest))


def _segments(value: str) -> list[str]:
    segments = [""]
    for piece in _PIECE.findall(value):
        if piece == ";":
            segments.append("")
        else:
            segments[-1] += piece
    return segments


def _pairs(segments: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for segment in segments:
        name, equals, value = segment.partition("=")
        if equals and name.strip():
            pairs.append((name.strip().lower(), _unquoted(value.strip())))
    return pairs


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    inner = value[1:-1] if len(value) > 1 and value.endswith('"') else value[1:]
    # Only these two are escaped in practice: a Windows path keeps its backslashes.
    return inner.replace('\\"', '"').replace("\\\\", "\\")


def _join_sections(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Plain values, and over them what RFC 2231 says, which is the better wording."""
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in pairs:
        match = _SECTION.match(name)
        if match is None or "*" not in name:
            plain.setdefault(name, decode_words(value.encode("utf-8", "replace")))
            continue
        number, starred = int(match[2] or 0), match[3] is not None
        sections.setdefault(match[1], []).append((number, starred, value))
    for name, pieces in sections.items():
        plain[name] = _continued(sorted(pieces))
    return plain


def _continued(pieces: list[tuple[int, bool, str]]) -> str:
    charset, content = "", b""
    for number, starred, value in pieces:
        text = value
        if starred and number == 0 and value.count("'") >= 2:
            charset, _, text = value.split("'", 2)
        content += unquote_to_bytes(text) if starred else text.encode("utf-8", "replace")
    text = decode(content, charset or None)[0]
    return decode_words(text.encode()) if "=?" in text else text
