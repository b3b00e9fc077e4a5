"""Files, folders and mailbox files (mbox) of mails, read one mail at a time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.M)
_MBOX_SUFFIXES = frozenset((".mbox", ".mbx"))


def mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each mail with the name of its file; in an mbox, with its number behind a colon."""
    if path.is_dir():
        for file in sorted(file for file in path.rglob("*") if file.is_file()):
            yield from _mails_of(file, always_mbox=False)
    else:
        yield from _mails_of(path, always_mbox=True)


def _mails_of(file: Path, *, always_mbox: bool) -> Iterator[tuple[str, bytes]]:
    """A single mail may begin with "From " as well: a file of a folder is told by its name."""
    with file.open("rb") as opened:
        begins_so = opened.read(5) == b"From "
        opened.seek(0)
        if begins_so and (_is_mbox(file) or (always_mbox and file.suffix.lower() != ".eml")):
            for number, content in enumerate(read_mbox(opened), 1):
                yield f"{file}:{number}", content
        else:
            yield str(file), opened.read()


def _is_mbox(file: Path) -> bool:
    return file.suffix.lower() in _MBOX_SUFFIXES


def read_mbox(lines: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox, with the ">From " of their bodies as it was written.

    An empty mail between two "From " lines is one too, or all behind it had wrong numbers.
    """
    current: list[bytes] | None = None
    empty_before = True
    for line in lines:
        if empty_before and line.startswith(b"From "):
            if current is not None:
                yield _unescaped(current)
            current = []
        elif current is not None or line.strip():
            current = [] if current is None else current
            current.append(line)
        empty_before = not line.strip()
    if current is not None:
        yield _unescaped(current)


def _unescaped(lines: list[bytes]) -> bytes:
    # The empty line before the next "From " belongs to the file, not to the mail.
    if lines and not lines[-1].strip():
        lines = lines[:-1]
    return _ESCAPED_FROM.sub(rb"\1", b"".join(lines))
