"""A mail that is too large to be fetched whole: its header and texts, its files without content.

All parts keep their places, so that what was noted of them stays right when the rest is fetched.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from inbox.intake.imap.answers import Answer

TEXT_BYTES = 2**20
MOST_PARTS, DEEPEST = 200, 20

Ask = Callable[[list[str]], Answer]
"""Fetches those items of the one mail."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of BODYSTRUCTURE: where it stands, and what holds it together."""

    place: str
    boundary: bytes = b""
    children: tuple["Part", ...] = ()
    is_text: bool = False


class TooStrange(Exception):
    """The server's outline of the mail cannot be followed."""


def skim(ask: Ask) -> bytes:
    """The mail without its large parts; raises TooStrange."""
    said = ask(["BODYSTRUCTURE", "BODY.PEEK[HEADER]"])
    header = said.get(b"BODY[HEADER]")
    if not header:
        raise TooStrange("the server tells no header")
    whole = outline(said.get(b"BODYSTRUCTURE"))
    return bytes(header) + (_container(whole, ask) if whole.children else _alone(ask))


def outline(structure: Any, place: str = "", depth: int = 0) -> Part:
    """BODYSTRUCTURE as parts."""
    if depth > DEEPEST or not isinstance(structure, tuple) or not structure:
        raise TooStrange("the mail is nested too deeply")
    if not isinstance(structure[0], list):
        is_text = _lower(structure[0]) == b"text"
        return Part(place, is_text=is_text)
    if len(structure[0]) > MOST_PARTS:
        raise TooStrange("the mail has too many parts")
    boundary = _parameters(structure[2] if len(structure) > 2 else None).get(b"boundary", b"")
    if not boundary:
        raise TooStrange("the outline tells no boundary")
    dot = f"{place}." if place else ""
    children = (
        outline(one, f"{dot}{number}", depth + 1) for number, one in enumerate(structure[0], 1)
    )
    return Part(place, boundary, tuple(children))


def _parameters(said: Any) -> dict[bytes, bytes]:
    if not isinstance(said, tuple):
        return {}
    pairs = zip(said[::2], said[1::2], strict=False)
    return {_lower(name): value for name, value in pairs if isinstance(value, bytes)}


def _lower(word: Any) -> bytes:
    return word.lower() if isinstance(word, bytes) else b""


def _alone(ask: Ask) -> bytes:
    """The beginning of a mail that is one part."""
    found = ask([f"BODY.PEEK[TEXT]<0.{TEXT_BYTES}>"])
    return next((bytes(v) for k, v in found.items() if k.startswith(b"BODY[TEXT]") and v), b"")


def _container(part: Part, ask: Ask) -> bytes:
    pieces = (b"--" + part.boundary + b"\r\n" + _part(child, ask) for child in part.children)
    return b"".join((*pieces, b"--" + part.boundary + b"--\r\n"))


def _part(part: Part, ask: Ask) -> bytes:
    wanted = [f"BODY.PEEK[{part.place}.MIME]"]
    if part.is_text:
        wanted.append(f"BODY.PEEK[{part.place}]<0.{TEXT_BYTES}>")
    said = ask(wanted)
    head = bytes(said.get(f"BODY[{part.place}.MIME]".encode()) or b"\r\n")
    content = _container(part, ask) if part.children else _text(part, said)
    return head + content + (b"" if content.endswith(b"\r\n") else b"\r\n")


def _text(part: Part, said: Answer) -> bytes:
    key = f"BODY[{part.place}]<0>".encode()
    return bytes(said.get(key) or b"")


def parts(whole: Part) -> Iterator[Part]:
    """The part and all that are in it."""
    yield whole
    for child in whole.children:
        yield from parts(child)
