"""A mail's bytes as a tree of parts, split in linear time, within limits, and without copying."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from inbox.mime import opaque
from inbox.mime.parameters import read_parameters
from inbox.mime.transfer import undo
from inbox.mime.words import decode_words

HEADER_BYTES = 1_000_000
FIELDS = 2_000
DEPTH = 50
PARTS = 1_000
SIGNED_DEPTH = 10
"""So many parts deep counts a signature: each holds another copy of all that is inside."""

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_BLANK_LINE = re.compile(rb"\n\r*\n")
_LINE_START = b"\r\n"
_MEDIA_TYPE = re.compile(r"[!#-.0-~]+/[!#-.0-~]+")
# A boundary that nobody declared is told by the part header behind it.
_UNDECLARED = re.compile(
    rb"^--([^\s]{1,200})[ \t]{0,80}\r?\n(?=content-[a-z-]{1,40}:)", re.I | re.M
)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SHORT_TYPES = {"html": "text/html", "text/htm": "text/html"}


@dataclass(slots=True)
class Part:
    """One part: its header fields as they stand, and where its body begins and ends."""

    content: bytes = field(repr=False)
    start: int
    end: int
    fields: list[tuple[str, bytes]]
    position: int
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    children: list["Part"] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return self.content[self.start : self.end]

    @property
    def subtype(self) -> str:
        return self.type.partition("/")[2]

    def header(self, name: str) -> bytes:
        """The first header field of that name, unfolded, or b""."""
        return next((value for key, value in self.fields if key == name), b"")


def split(content: bytes) -> tuple[Part, list[str]]:
    """The whole mail as one part with its descendants, and what was wrong or cut off."""
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    splitter = _Splitter(content)
    root = splitter.part(_first_byte(content), len(content), "text/plain", depth=0)
    return root, list(dict.fromkeys(splitter.defects))


def header_of(content: bytes) -> list[tuple[str, bytes]]:
    """The header fields alone."""
    return _Splitter(content).header(_first_byte(content), len(content), strict=False)[0]


def leaves(part: Part) -> Iterator[Part]:
    """The parts that hold something, in their order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def _first_byte(content: bytes) -> int:
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    while content[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return start


class _Splitter:
    """One pass over one mail: counts the parts and notes the defects."""

    def __init__(self, content: bytes, count: int = 0) -> None:
        self.content = content
        self.defects: list[str] = []
        self.count = count

    def part(self, start: int, end: int, default: str, *, depth: int) -> Part:
        fields, body = self.header(start, end, strict=depth > 0)
        part = Part(self.content, body, end, fields, self.count)
        self.count += 1
        _describe(part, default)
        if part.type.startswith("multipart/"):
            self._open(part, depth, self._divide)
        elif part.type in opaque.TYPES and (not depth or part.filename == "smime.p7m"):
            self._open(part, depth, self._open_signed)
        return part

    def _open(self, part: Part, depth: int, opened: Callable[[Part, int], None]) -> None:
        if depth < DEPTH:
            opened(part, depth)
        else:
            self.defects.append(f"nested deeper than {DEPTH} parts: the rest was not opened")

    def _open_signed(self, part: Part, depth: int) -> None:
        """The mail inside a signature is as good as one beside it."""
        inside = opaque.signed_mail(undo(part.body, part.header("content-transfer-encoding")))
        if inside is not None:
            splitter, deeper = _Splitter(inside, self.count), depth + SIGNED_DEPTH
            part.children.append(splitter.part(0, len(inside), "text/plain", depth=deeper))
            self.count = splitter.count
            self.defects += splitter.defects

    def _divide(self, part: Part, depth: int) -> None:
        default = "message/rfc822" if part.subtype == "digest" else "text/plain"
        for start, end in self._ranges(part):
            if self.count >= PARTS:
                self.defects.append(f"more than {PARTS} parts: the rest was not opened")
                return
            part.children.append(self.part(start, end, default, depth=depth + 1))

    def _ranges(self, part: Part) -> list[tuple[int, int]]:
        boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        ranges = self._between(boundary, part) if boundary else []
        if ranges:
            return ranges
        found = _UNDECLARED.search(self.content, part.start, part.end)
        self.defects.append(
            "the boundary between the parts is " + ("wrong" if found else "missing")
        )
        if found is None:
            part.type = "text/plain"
            return []
        return self._between(found[1], part)

    def _between(self, boundary: bytes, part: Part) -> list[tuple[int, int]]:
        """Ranges between the boundary's lines; a missing last line is forgiven."""
        ranges: list[tuple[int, int]] = []
        opened = None
        for at, after, closes in _boundary_lines(self.content, boundary, part.start, part.end):
            if opened is not None:
                ranges.append((opened, _before_newline(self.content, opened, at)))
            opened = None if closes else after
            if closes or len(ranges) > PARTS:
                break
        else:
            if opened is not None:
                self.defects.append("the last boundary is missing")
                ranges.append((opened, part.end))
        return ranges

    def header(self, start: int, end: int, *, strict: bool) -> tuple[list[tuple[str, bytes]], int]:
        """The fields, and where the body begins. A strict header ends where it stops being one."""
        chunks: list[tuple[str, list[bytes]]] = []
        position = start
        while position < end:
            line, after = _line(self.content, position, end)
            if not line:
                return _unfolded(chunks), after
            if after - start > HEADER_BYTES or len(chunks) > FIELDS:
                self.defects.append("the header is too long: the rest of it was cut")
                return _unfolded(chunks), _after_header(self.content, position, end)
            if line[:1] in b" \t" and chunks:
                chunks[-1][1].append(line[:HEADER_BYTES])
            elif match := _FIELD.match(line):
                chunks.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
            elif not self._skip(line, after, end, strict=strict):
                return _unfolded(chunks), position
            position = after
        return _unfolded(chunks), end

    def _skip(self, line: bytes, after: int, end: int, *, strict: bool) -> bool:
        """Whether a line that is no field can be passed over, since fields go on behind it."""
        if line.startswith((b"From ", b">From ")):
            return True
        following, _ = _line(self.content, after, end)
        if strict or not _FIELD.match(following):
            self.defects.append("no empty line between header and body")
            return False
        self.defects.append("a line of the header is no header field")
        return True


def _describe(part: Part, default: str) -> None:
    kind, part.parameters = read_parameters(decode_words(part.header("content-type")))
    kind = _SHORT_TYPES.get(kind, kind)
    part.type = kind if _MEDIA_TYPE.fullmatch(kind) else default
    part.disposition, more = read_parameters(decode_words(part.header("content-disposition")))
    name = more.get("filename") or part.parameters.get("name") or ""
    part.filename = _UNPRINTABLE.sub(" ", name).strip()[:255]


def _line(content: bytes, position: int, end: int) -> tuple[bytes, int]:
    """One line without its end, and where the next one begins."""
    newline = content.find(b"\n", position, end)
    if newline < 0:
        newline = end
    # One line of many megabytes is never copied whole.
    stop = min(newline, position + HEADER_BYTES)
    return content[position:stop].rstrip(_LINE_START), min(newline + 1, end)


def _after_header(content: bytes, position: int, end: int) -> int:
    found = _BLANK_LINE.search(content, position, end)
    return found.end() if found else end


def _unfolded(chunks: list[tuple[str, list[bytes]]]) -> list[tuple[str, bytes]]:
    # A field has no zero bytes (RFC 5322, 4.1), and no database keeps them.
    return [(name, b"".join(lines).replace(b"\x00", b"").strip()) for name, lines in chunks]


def _boundary_lines(
    content: bytes, boundary: bytes, start: int, end: int
) -> Iterator[tuple[int, int, bool]]:
    """Where each line of the boundary begins, where the next line begins, whether it closes."""
    delimiter = b"--" + boundary
    position = content.find(delimiter, start, end)
    while position >= 0:
        behind = position + len(delimiter)
        if position == start or content[position - 1] == 0x0A:
            newline = content.find(b"\n", behind, end)
            newline = end if newline < 0 else newline
            rest = content[behind : min(newline, behind + 80)].strip()
            if rest in (b"", b"--"):
                yield position, min(newline + 1, end), rest == b"--"
        position = content.find(delimiter, behind, end)


def _before_newline(content: bytes, start: int, at: int) -> int:
    """The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1)."""
    if at > start and content[at - 1] == 0x0A:
        at -= 1
        if at > start and content[at - 1] == 0x0D:
            at -= 1
    return at
