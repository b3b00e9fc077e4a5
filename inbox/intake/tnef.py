"""What Outlook hides in a winmail.dat: the files, and the text if the mail has no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tnefparse.tnef import TNEF

TYPES = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
MOST_FILES = 200
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
    try:
        # The library raises whatever comes: ValueError, struct.error, KeyError, AssertionError.
        box = _open(content)
        files = tuple(
            (_name(file), bytes(file.data or b"")) for file in box.attachments[:MOST_FILES]
        )
        return Winmail(files, _text(box.body), _text(getattr(box, "htmlbody", None)))
    except Exception:
        return None


def _name(file: object) -> str:
    long_name = getattr(file, "long_filename", None)
    name = long_name() if callable(long_name) else getattr(file, "name", "")
    return _text(name).rstrip("\x00")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("cp1252", "replace")
    return value if isinstance(value, str) else ""
