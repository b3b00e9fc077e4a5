"""Tombstones: the mails of a deleted case leave the spool, and do not come in again."""

import hmac
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cases import clock
from cases.rows.among import among
from cases.settings import settings
from inbox.spool.rows import RawContent, RawMail, Tombstone


def bury(session: Session, raw_ids: Sequence[int]) -> int:
    """Take those mails out of the spool for good; how many there were.

    Known by some header fields they stay away from every mailbox, however they come back; mails
    that lack these are known by their bytes alone.
    """
    rows = session.execute(
        select(RawMail.id, RawMail.head_mark, RawMail.sha256).where(among(RawMail.id, raw_ids))
    ).all()
    for _raw_id, head_mark, digest in rows:
        session.merge(Tombstone(mac=_mac(head_mark or digest), buried_at=clock.now()))
    session.execute(delete(RawMail).where(among(RawMail.id, [row[0] for row in rows])))
    unused = {digest for _raw_id, _mark, digest in rows} - set(
        session.scalars(
            select(RawMail.sha256).where(among(RawMail.sha256, [row[2] for row in rows]))
        )
    )
    session.execute(delete(RawContent).where(among(RawContent.sha256, unused)))
    session.flush()
    return len(rows)


def buried(session: Session, known_by: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Those of the (head mark, digest) that are of buried mails."""
    macs = {
        _mac(mark, key): mark
        for pair in known_by
        for mark in pair
        if mark
        for key in (settings().secret(), *settings().old_secrets())
    }
    found = session.scalars(select(Tombstone.mac).where(among(Tombstone.mac, macs)))
    return frozenset(macs[mac] for mac in found)


def _mac(mark: str, key: bytes | None = None) -> str:
    purpose = b"tregua/tombstone:" + mark.encode()
    return hmac.digest(key or settings().secret(), purpose, "sha256").hex()
