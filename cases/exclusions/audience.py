"""An audience on its way through a gate: parts, shelves of hashes, and who is held."""

import hashlib
import json
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cases.exclusions.gates import GateHeld, GatePart, GateShelf

SHELVES = 256
WIDTH = 8
Held = dict[str, list[Any]]
"""Identifier -> action, until, group, reason."""


def pack(values: Iterable[str]) -> tuple[bytes, int]:
    """Those identifiers sorted, each once, compressed; and how many they are."""
    ordered = sorted(set(values))
    return zlib.compress("\n".join(ordered).encode(), 1), len(ordered)


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
    marks = sorted(map(short, everybody))
    edges = [bisect_left(marks, bytes([n])) for n in range(SHELVES)] + [len(marks)]
    rows = [
        {"gate_id": gate_id, "shelf": n, "hashes": b"".join(marks[start:end])}
        for n, (start, end) in enumerate(pairwise(edges))
        if start < end
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
    return [
        value for shelf, hashes in rows for mark, value in by_shelf[shelf] if is_on(hashes, mark)
    ]


def is_on(hashes: bytes, mark: bytes) -> bool:
    """Whether that mark stands on a shelf."""
    places = range(len(hashes) // WIDTH)
    n = bisect_left(places, mark, key=lambda n: hashes[n * WIDTH : n * WIDTH + WIDTH])
    return hashes[n * WIDTH : n * WIDTH + WIDTH] == mark


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


def held_back(session: Session, gate_id: str) -> Back:
    """Who is held back, who will be while the lease lasts, and who was not at first."""
    row = session.get(GateHeld, gate_id)
    if row is None:
        return Back()
    return Back(json.loads(zlib.decompress(row.content)), tuple(row.soon), tuple(row.late))
