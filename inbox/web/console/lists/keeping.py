"""Puts an uploaded list away: in sealed pieces, in short transactions, and out again."""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from cases import signing
from cases.db import reading, transaction
from cases.exclusions.gates import GateHeld, GatePart, GateShelf
from inbox.web.console.lists.rows import AudienceList, ListCheck, ListPiece, State

PIECE = 2**20
AT_ONCE = 8


def keep(list_id: int, file: IO[bytes]) -> int:
    """Seal the file piece by piece; how many bytes it has. Nobody waits long for the database."""
    total, n = 0, 0
    while batch := [piece for _ in range(AT_ONCE) if (piece := file.read(PIECE))]:
        rows = [
            {"list_id": list_id, "n": n + k, "content": seal(piece, list_id, n + k)}
            for k, piece in enumerate(batch)
        ]
        with transaction() as session:
            session.execute(insert(ListPiece), rows)
        total, n = total + sum(map(len, batch)), n + len(batch)
    return total


def replace(list_id: int, pieces: Iterator[bytes]) -> int:
    """Put the same list away as it can be read again and again; how many bytes it has then."""
    total, rows = 0, []
    for n, piece in enumerate(pieces):
        rows.append({"list_id": list_id, "n": n, "content": seal(piece, list_id, n)})
        total += len(piece)
    with transaction() as session:
        session.execute(delete(ListPiece).where(ListPiece.list_id == list_id))
        session.execute(insert(ListPiece), rows)
        one = update(AudienceList).where(AudienceList.id == list_id)
        session.execute(one.values(bytes=total, done=0, shape={}))
    return total


def seal(content: bytes, list_id: int, n: int | str) -> bytes:
    """Compressed, and encrypted for that place alone."""
    return signing.seal_bytes(zlib.compress(content, 1), row=f"list:{list_id}:{n}")


def unseal(content: bytes, list_id: int, n: int | str) -> bytes:
    """What was sealed there."""
    return zlib.decompress(signing.unseal_bytes(content, row=f"list:{list_id}:{n}"))


def pieces(list_id: int) -> Iterator[bytes]:
    """The list as it was uploaded; no connection is held between two pieces."""
    n = 0
    while True:
        with reading() as session:
            row = session.get(ListPiece, (list_id, n))
            content = row.content if row is not None else None
        if content is None:
            return
        yield unseal(content, list_id, n)
        n += 1


def forget_old(now: datetime) -> int:
    """Forget the lists whose time is over; how many there were."""
    with transaction() as session:
        old = session.scalars(
            select(AudienceList).where(
                AudienceList.forget_at <= now, AudienceList.state != State.FORGOTTEN
            )
        ).all()
        for one in old:
            forget(session, one)
        return len(old)


def forget(session: Session, one: AudienceList) -> None:
    """Delete who was on the list; the numbers and the receipts stay as proof."""
    gates = select(ListCheck.gate_id).where(ListCheck.list_id == one.id)
    for table in (GatePart, GateShelf, GateHeld):
        gone = delete(table).where(table.gate_id.in_(gates))
        session.execute(gone, execution_options={"synchronize_session": False})
    session.execute(delete(ListPiece).where(ListPiece.list_id == one.id))
    for check in session.scalars(select(ListCheck).where(ListCheck.list_id == one.id)):
        check.difference = b""
    one.state, one.leased_until = State.FORGOTTEN, None
