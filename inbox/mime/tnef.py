"""What Outlook hides in a winmail.dat: the files, and the text if the mail has no other."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tnefparse.tnef import TNEF

from inbox.mime.charsets import decode

TYPES = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
MOST_OBJECTS = 5_000
MOST_COPIED = 2_000_000_000
_FIRST, _BEFORE_LENGTH, _AROUND = 6, 5, 11
_open: Callable[[bytes], Any] = TNEF


@dataclass(frozen=True, slots=True)
class Winmail:
    """The contents of one winmail.dat."""

    files: tuple[tuple[str, bytes], ...]
    text: str
    html: str


def is_winmail(content_type: str, name: str) -> bool:
    """Whether a part is one, by its type or by its name."""
    return content_type in TYPES or name.lower() == "winmail.dat"


def open_winmail(content: bytes) -> Winmail | None:
    """Its contents, or None where they cannot be read."""
    if not _affordable(content):
        return None
    try:
        # The library raises whatever comes: ValueError, struct.error, KeyError, AssertionError.
        box = _open(content)
        files = tuple((_name(file), bytes(file.data or b"")) for file in box.attachments)
        return Winmail(files, _text(box.body), _text(box.htmlbody))
    except Exception:
        return None


def _affordable(content: bytes) -> bool:
    """The library copies the rest of the file for each object in it."""
    objects, offset = 0, _FIRST
    while offset + _AROUND < len(content) and objects < MOST_OBJECTS:
        (length,) = struct.unpack_from("<I", content, offset + _BEFORE_LENGTH)
        offset += length + _AROUND
        objects += 1
    return objects < MOST_OBJECTS and objects * len(content) < MOST_COPIED


def _name(file: Any) -> str:
    try:
        return _text(file.long_filename())
    except UnicodeDecodeError:
        # The library takes short names for UTF-8; Outlook writes them in the sender's code page.
        return _text(file._name)


def _text(value: object) -> str:
    text = decode(value, None)[0] if isinstance(value, bytes) else value
    return text.strip("\x00") if isinstance(text, str) else ""
