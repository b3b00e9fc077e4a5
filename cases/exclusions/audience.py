"""An audience on its way through a gate: parts, shelves of hashes, and who is held."""

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cases.exclusions.gates import GateHeld, GatePart, GateShelf

SHELVES = 256
WIDTH = 8
Held = dict[str, list[Any]]
"""Identifier -> action, until, group, reason."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an audience: identifiers sorted, each once, compressed."""

    content: bytes
    count: int
    sha256: str
    """Of the content: another one means that somebody sent the part anew."""


def pack(values: Iterable[str]) -> Part:
    """Those identifiers as a part."""
    # What is sorted already costs least this way round, and many lists are.
    ordered = list(dict.fromkeys(sorted(values)))
    content = zlib.compress("\n".join(ordered).encode(), 1)
    return Part(content, len(ordered), hashlib.sha256(content).hexdigest())


def put(session: Session, gate_id: str, n: int, part: Part) -> None:
    """Keep the part under that number, which must be free."""
    row = {"gate_id": gate_id, "n": n, "count": part.count, "sha256": part.sha256}
    session.execute(insert(GatePart), [{**row, "content": part.content}])


def digests(session: Session, gate_id: str) -> dict[int, str]:
    """The digest of each part, by its number."""
    rows = select(GatePart.n, GatePart.sha256).where(GatePart.gate_id == gate_id)
    return dict(session.execute(rows).all())


def unpack(content: bytes) -> list[str]:
    """The identifiers of a part."""
    text = zlib.decompress(content).decode()
    return text.split("\n") if text else []


def parts(session: Session, gate_id: str) -> Iterator[list[str]]:
    """The audience part by part, as it was sent."""
    numbers = session.scalars(
        select(GatePart.n).where(GatePart.gate_id == gate_id).order_by(GatePart.n)
    ).all()
    for n in numbers:
        row = session.get_one(GatePart, (gate_id, n))
        yield unpack(row.content)
        session.expunge(row)


def whole(session: Session, gate_id: str) -> list[str]:
    """The whole audience, sorted, each once."""
    everybody: list[str] = []
    for part in parts(session, gate_id):
        everybody += part
    # Sorted parts one behind the other are merged by sort() in almost linear time.
    everybody.sort()
    return list(dict.fromkeys(everybody))


def short(value: str) -> bytes:
    """Enough of a hash to tell the people of one audience apart."""
    return hashlib.sha256(value.encode()).digest()[:WIDTH]


def shelve(session: Session, gate_id: str, everybody: Sequence[str]) -> None:
    """Make the shelves of an audience."""
    shelves = [bytearray() for _ in range(SHELVES)]
    for value in everybody:
        mark = short(value)
        shelves[mark[0]] += mark
    rows = [
        {"gate_id": gate_id, "shelf": n, "hashes": bytes(hashes)}
        for n, hashes in enumerate(shelves)
        if hashes
    ]
    if rows:
        session.execute(insert(GateShelf), rows)


def among(session: Session, gate_id: str, values: Iterable[str]) -> list[str]:
    """Those of the given people who are in the audience."""
    by_shelf: dict[int, list[tuple[bytes, str]]] = defaultdict(list)
    for value in values:
        mark = short(value)
        by_shelf[mark[0]].append((mark, value))
    rows = session.execute(
        select(GateShelf.shelf, GateShelf.hashes).where(
            GateShelf.gate_id == gate_id, GateShelf.shelf.in_(by_shelf)
        )
    )
    found: list[str] = []
    for shelf, hashes in rows:
        marks = standing_on(hashes)
        found += [value for mark, value in by_shelf[shelf] if mark in marks]
    return found


def is_on(hashes: bytes, mark: bytes) -> bool:
    """Whether that mark stands on a shelf."""
    place = hashes.find(mark)
    while place % WIDTH and place > 0:
        place = hashes.find(mark, place + 1)
    return place >= 0


def standing_on(hashes: bytes) -> set[bytes]:
    """The marks on a shelf; they stand in no order."""
    return {hashes[n : n + WIDTH] for n in range(0, len(hashes), WIDTH)}


@dataclass(frozen=True, slots=True)
class Back:
    """Who of an audience is held back."""

    held: Held = field(default_factory=dict)
    soon: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


def keep_held(session: Session, gate_id: str, back: Back) -> None:
    """Remember who is held back."""
    content = zlib.compress(json.dumps(back.held, ensure_ascii=False).encode(), 1)
    row = GateHeld(gate_id=gate_id, content=content, soon=list(back.soon), late=list(back.late))
    session.merge(row)


def held_for(content: bytes, value: str) -> list[Any] | None:
    """What was said of that one person, found without reading what was said of all others."""
    text = zlib.decompress(content).decode()
    key = json.dumps(value, ensure_ascii=False) + ": "
    place = text.find(key)
    if place < 0:
        return None
    found: list[Any] = json.JSONDecoder().raw_decode(text, place + len(key))[0]
    return found


def held_back(session: Session, gate_id: str) -> Back:
    """Who is held back, who will be while the lease lasts, and who was not at first."""
    row = session.get(GateHeld, gate_id)
    if row is None:
        return Back()
    return Back(json.loads(zlib.decompress(row.content)), tuple(row.soon), tuple(row.late))
