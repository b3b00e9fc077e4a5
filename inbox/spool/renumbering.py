"""A server renumbered a folder: known mails get their new numbers, without their bodies."""

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.rows.among import among
from inbox.spool.burying import buried
from inbox.spool.rows import Place, RawMail
from inbox.spool.storing import move_cursor, number


@dataclass(frozen=True, slots=True)
class Listed:
    """What a server tells of a mail before its body is fetched."""

    uid: int
    size: int
    arrived_at: datetime
    head_mark: str
    sent_at: datetime | None = None


def renumber(session: Session, place: Place, uidvalidity: int, last: int, since: datetime) -> None:
    """Begin a new count in which nothing has its number yet, and have all looked through again."""
    mine = (RawMail.mailbox_id == place.mailbox_id) & (RawMail.folder == place.folder)
    session.execute(update(RawMail).where(mine).values(uid=None))
    known = move_cursor(session, place, uidvalidity, 0)
    known.uid, known.first = last, last + 1
    known.backfill_from, known.recounting = since, True


def _without_number(
    session: Session, place: Place, marks: Set[str]
) -> dict[tuple[str, int], list[int]]:
    """The mails with these head marks that have no number, by head mark and size."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    rows = session.execute(
        select(RawMail.head_mark, RawMail.size, RawMail.id)
        .where(
            RawMail.mailbox_id == place.mailbox_id,
            RawMail.folder == place.folder,
            RawMail.uid.is_(None),
            among(RawMail.head_mark, marks),
        )
        .order_by(RawMail.id)
    )
    for mark, size, raw_id in rows:
        found[mark, size].append(raw_id)
    return found


def recognise(
    session: Session, place: Place, uidvalidity: int, listed: Iterable[Listed]
) -> frozenset[int]:
    """Number the mails that are known by header and size, and pass by the buried; their UIDs."""
    mails = list(listed)
    # Where a mail has no Message-ID its mark is empty, and tells nothing.
    without_number = _without_number(session, place, {one.head_mark for one in mails} - {""})
    away = buried(session, ((one.head_mark, "") for one in mails))
    known = {one.uid for one in mails if one.head_mark in away}
    for one in mails:
        same = without_number.get((one.head_mark, one.size))
        if one.uid not in known and same:
            number(session, same.pop(0), uidvalidity, one.uid)
            known.add(one.uid)
    return frozenset(known)
