"""Mails come out of the spool to be worked on, and what became of them is written down."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases import clock
from cases.db import transaction
from cases.rows.among import among
from inbox.settings import settings
from inbox.spool.rows import BATCH, BATCH_BYTES, Fate, RawContent, RawMail, Taken


def take(limit: int = BATCH) -> list[Taken]:
    """Lease waiting mails, the oldest first; the try is counted before anybody looks at them."""
    now = clock.now()
    with transaction() as session:
        free = (RawMail.leased_until.is_(None)) | (RawMail.leased_until < now)
        waiting = session.execute(
            select(RawMail.id, RawMail.size)
            .where(RawMail.fate == Fate.WAITING, free)
            .order_by(RawMail.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = _as_many_as_fit((id_, size) for id_, size in waiting)
        if not ids:
            return []
        session.execute(
            update(RawMail)
            .where(among(RawMail.id, ids))
            .values(
                leased_until=now + timedelta(seconds=settings().lease_seconds),
                attempts=RawMail.attempts + 1,
            )
            .execution_options(synchronize_session=False)
        )
        return _contents(session, ids)


def _as_many_as_fit(waiting: Iterable[tuple[int, int]]) -> list[int]:
    """The first of the mails, up to what is held in memory at once; one goes in any case."""
    ids: list[int] = []
    total = 0
    for id_, size in waiting:
        total += size
        if ids and total > BATCH_BYTES:
            break
        ids.append(id_)
    return ids


def _contents(session: Session, ids: Iterable[int]) -> list[Taken]:
    columns = (
        *(RawMail.id, RawMail.mailbox_id, RawContent.content, RawMail.arrived_at),
        *(RawMail.attempts, RawMail.history, RawMail.partial, RawMail.stub_case_id, RawMail.role),
    )
    rows = session.execute(
        select(*columns)
        .join(RawContent, RawContent.sha256 == RawMail.sha256)
        .where(among(RawMail.id, ids))
        .order_by(RawMail.id)
    )
    return [
        Taken(
            row.id,
            row.mailbox_id,
            zlib.decompress(row.content),
            row.arrived_at,
            row.attempts,
            row.history,
            row.partial,
            row.stub_case_id,
            row.role,
        )
        for row in rows
    ]


def settle(session: Session, raw_ids: Sequence[int], fate: Fate, reason: str = "") -> None:
    """Say what became of those mails."""
    session.execute(
        update(RawMail)
        .where(among(RawMail.id, raw_ids))
        .values(fate=fate, reason=reason, leased_until=None)
        .execution_options(synchronize_session=False)
    )


def stand_in(session: Session, raw_id: int, case_id: int) -> None:
    """Name the case that stands for a mail that cannot be read."""
    session.execute(update(RawMail).where(RawMail.id == raw_id).values(stub_case_id=case_id))


def release(session: Session, raw_id: int, reason: str) -> None:
    """The try failed: remember why, and let the next one begin at once."""
    session.execute(
        update(RawMail).where(RawMail.id == raw_id).values(leased_until=None, reason=reason[:500])
    )


def try_again(session: Session, raw_id: int) -> bool:
    """Put a failed mail back in the row; False if it had not failed."""
    found = session.execute(
        update(RawMail)
        .where(RawMail.id == raw_id, RawMail.fate == Fate.FAILED)
        .values(fate=Fate.WAITING, attempts=0, leased_until=None)
        .returning(RawMail.id)
    )
    return found.first() is not None


class Rest(StrEnum):
    """How it stands with the rest of a mail that was too large."""

    MISSING = "missing"
    COMING = "coming"
    GONE = "gone"
    """It is no longer where it was on the server."""


def rest(wanted: bool | None, uid: int | None) -> Rest | None:
    """By what is known of a mail that is not whole; of others nothing is known."""
    if wanted is None:
        return None
    if uid is None:
        return Rest.GONE
    return Rest.COMING if wanted else Rest.MISSING


def want_rest(session: Session, raw_id: int) -> bool:
    """Ask for the whole of a mail that was too large; False if nothing is missing of it."""
    found = session.execute(
        update(RawMail)
        .where(RawMail.id == raw_id, RawMail.partial, RawMail.uid.is_not(None))
        .values(rest_wanted=True)
        .returning(RawMail.id)
    )
    return found.first() is not None


def content_of(session: Session, raw_id: int) -> bytes | None:
    """The bytes of a mail as it came."""
    packed = session.scalar(
        select(RawContent.content)
        .join(RawMail, RawMail.sha256 == RawContent.sha256)
        .where(RawMail.id == raw_id)
    )
    return zlib.decompress(packed) if packed is not None else None
