"""Mails go into the spool, and the cursor moves with them, in one transaction."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases import clock
from cases.db import Base
from cases.rows.among import among
from cases.rows.upserting import insert_into
from inbox.spool.burying import buried
from inbox.spool.marks import head_mark
from inbox.spool.rows import Cursor, Fate, Fetched, Place, RawContent, RawMail


def put(
    session: Session, place: Place, uidvalidity: int, mails: Sequence[Fetched], *, vanished: int = 0
) -> int:
    """Store mails and move the cursor, in the caller's transaction; how many were new.

    A mail that is known from before the server renumbered gets its new number, and one whose case
    was deleted stays away.
    """
    new = _put_new(session, place, uidvalidity, mails) if mails else 0
    if mails or vanished:
        known = move_cursor(session, place, uidvalidity, max((one.uid for one in mails), default=0))
        known.vanished += vanished
    return new


def _put_new(session: Session, place: Place, uidvalidity: int, mails: Sequence[Fetched]) -> int:
    found = [_row(mail, place, uidvalidity, clock.now()) for mail in mails]
    away = buried(session, ((str(row["head_mark"]), str(row["sha256"])) for row in found))
    kept = [
        (row, mail)
        for row, mail in zip(found, mails, strict=True)
        if not {row["head_mark"], row["sha256"]} & away
    ]
    rows = _without_known(session, place, uidvalidity, [row for row, _mail in kept])
    wanted = {str(row["sha256"]) for row in rows}
    _put_contents(session, {str(row["sha256"]): mail.content for row, mail in kept}, wanted)
    _insert_new(session, RawMail, rows)
    return len(rows)


def _without_known(
    session: Session, place: Place, uidvalidity: int, rows: list[dict[str, object]]
) -> list[dict[str, object]]:
    """The rows of mails we have not; those we have only get their number."""
    homeless = _homeless(session, place, {str(row["sha256"]) for row in rows})
    new = []
    for row in rows:
        same = homeless[str(row["sha256"])]
        if same:
            number(session, same.pop(0), uidvalidity, row["uid"])
        else:
            new.append(row)
    return new


def _homeless(session: Session, place: Place, digests: set[str]) -> dict[str, list[int]]:
    """Mails of that folder that lost their number when the server renumbered, by their bytes."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = session.execute(
        select(RawMail.sha256, RawMail.id).where(
            RawMail.mailbox_id == place.mailbox_id,
            RawMail.folder == place.folder,
            RawMail.uid.is_(None),
            among(RawMail.sha256, digests),
        )
    )
    for digest, raw_id in rows:
        found[digest].append(raw_id)
    return found


def number(session: Session, raw_id: int, uidvalidity: int, uid: object) -> None:
    """Give a mail the number by which the server calls it now."""
    session.execute(
        update(RawMail).where(RawMail.id == raw_id).values(uidvalidity=uidvalidity, uid=uid)
    )


def _put_contents(session: Session, contents: dict[str, bytes], wanted: set[str]) -> None:
    rows: list[dict[str, object]] = [
        {"sha256": digest, "content": zlib.compress(contents[digest], 1)} for digest in wanted
    ]
    _insert_new(session, RawContent, rows)


def _row(mail: Fetched, place: Place, uidvalidity: int, now: datetime) -> dict[str, object]:
    return {
        "mailbox_id": place.mailbox_id,
        "folder": place.folder,
        "role": place.role,
        "uidvalidity": uidvalidity,
        "uid": mail.uid,
        "sha256": hashlib.sha256(mail.content).hexdigest(),
        "head_mark": head_mark(mail.content),
        "size": mail.size,
        "partial": mail.partial,
        "rest_wanted": False,
        "history": mail.history,
        # A server's clock that runs ahead must not promise us time.
        "arrived_at": min(mail.arrived_at, now),
        "fetched_at": now,
        "fate": Fate.WAITING,
        "attempts": 0,
        "reason": "",
    }


def _insert_new(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)


def complete(session: Session, raw_id: int, content: bytes) -> None:
    """The whole of a mail of which only a part was here."""
    digest = hashlib.sha256(content).hexdigest()
    _put_contents(session, {digest: content}, {digest})
    session.execute(
        update(RawMail)
        .where(RawMail.id == raw_id)
        .values(sha256=digest, partial=False, rest_wanted=False)
    )


def known_uids(
    session: Session, place: Place, uidvalidity: int, uids: Iterable[int]
) -> frozenset[int]:
    """Those of the UIDs that are in the spool already."""
    wanted = sorted(uids)
    if not wanted:
        return frozenset()
    held = session.scalars(
        select(RawMail.uid).where(
            RawMail.mailbox_id == place.mailbox_id,
            RawMail.folder == place.folder,
            RawMail.uidvalidity == uidvalidity,
            RawMail.uid.between(wanted[0], wanted[-1]),
        )
    )
    return frozenset(uid for uid in held if uid is not None) & frozenset(wanted)


def cursor(session: Session, place: Place) -> Cursor | None:
    """How far the folder has been read, or None if never."""
    return session.scalars(
        select(Cursor).where(Cursor.mailbox_id == place.mailbox_id, Cursor.folder == place.folder)
    ).one_or_none()


def move_cursor(session: Session, place: Place, uidvalidity: int, uid: int) -> Cursor:
    """Everything up to that UID is stored. A new UIDVALIDITY begins a new count."""
    known = cursor(session, place)
    if known is None:
        known = Cursor(mailbox_id=place.mailbox_id, folder=place.folder, uidvalidity=uidvalidity)
        known.uid, known.first, known.vanished, known.recounting = 0, 1, 0, False
        session.add(known)
    if known.uidvalidity != uidvalidity:
        known.uidvalidity, known.uid, known.first = uidvalidity, 0, 1
    known.uid = max(known.uid, uid)
    session.flush()
    return known
