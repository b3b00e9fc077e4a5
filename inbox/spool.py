"""The mails as they came, and what became of each. Stored before anything looks at them."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.db import Base, transaction
from inbox.settings import settings

TRIES = 3
BATCH = 100
BATCH_BYTES = 16 * 2**20


class Fate(StrEnum):
    """What became of a raw mail."""

    WAITING = "waiting"
    FILED = "filed"
    DAMAGED = "damaged"
    """Filed as far as it could be read: on the failures page too, with what is missing."""
    FAILED = "failed"
    """Three counted tries: it is on the failures page, and its sender has a stub case."""


class RawContent(Base):
    """The bytes of a mail, compressed, once for all mailboxes it came to."""

    __tablename__ = "raw_content"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


_WAITING = text("fate = 'waiting'")


class RawMail(Base):
    """One mail in one mailbox, named by what IMAP guarantees: UIDVALIDITY and UID (RFC 3501)."""

    __tablename__ = "raw_mail"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "folder", "uidvalidity", "uid"),
        Index("ix_raw_mail_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    folder: Mapped[str]
    uidvalidity: Mapped[int]
    uid: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("raw_content.sha256"), index=True)
    size: Mapped[int]
    """Bytes on the server; the content is shorter where only a part was fetched."""
    partial: Mapped[bool] = mapped_column(default=False)
    history: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime]
    """INTERNALDATE, never later than when we fetched it."""
    fetched_at: Mapped[datetime]
    fate: Mapped[Fate] = mapped_column(default=Fate.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    stub_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case that stands for the mail while it cannot be read."""


class Cursor(Base):
    """How far a folder has been read."""

    __tablename__ = "cursor"

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    folder: Mapped[str]
    uidvalidity: Mapped[int]
    uid: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("mailbox_id", "folder"),)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as a mailbox gave it."""

    uid: int
    content: bytes
    arrived_at: datetime
    size: int
    history: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that this process has leased to work on."""

    id: int
    mailbox_id: int
    content: bytes
    arrived_at: datetime
    attempts: int
    history: bool
    partial: bool
    stub_case_id: int | None = None


def put(
    session: Session, mailbox_id: int, folder: str, uidvalidity: int, mails: Sequence[Fetched]
) -> int:
    """Store mails and move the cursor, in the caller's transaction; how many were new.

    A mail that is known from before the server renumbered (another UIDVALIDITY) is not stored
    again: it is recognised by its bytes.
    """
    if not mails:
        return 0
    hashes = [hashlib.sha256(mail.content).hexdigest() for mail in mails]
    _put_contents(session, dict(zip(hashes, (mail.content for mail in mails), strict=True)))
    known = _known_from_before(session, mailbox_id, folder, uidvalidity, hashes)
    now = clock.now()
    rows = [
        _row(mail, digest, mailbox_id, folder, uidvalidity, now)
        for mail, digest in zip(mails, hashes, strict=True)
        if digest not in known
    ]
    _insert_new(session, RawMail, rows)
    move_cursor(session, mailbox_id, folder, uidvalidity, max(mail.uid for mail in mails))
    return len(rows)


def _known_from_before(
    session: Session, mailbox_id: int, folder: str, uidvalidity: int, hashes: list[str]
) -> frozenset[str]:
    rows = session.scalars(
        select(RawMail.sha256).where(
            RawMail.mailbox_id == mailbox_id,
            RawMail.folder == folder,
            RawMail.uidvalidity != uidvalidity,
            RawMail.sha256.in_(hashes),
        )
    )
    return frozenset(rows)


def _put_contents(session: Session, contents: dict[str, bytes]) -> None:
    rows: list[dict[str, object]] = [
        {"sha256": digest, "content": zlib.compress(content, 1)}
        for digest, content in contents.items()
    ]
    _insert_new(session, RawContent, rows)


def _row(
    mail: Fetched, digest: str, mailbox_id: int, folder: str, uidvalidity: int, now: datetime
) -> dict[str, object]:
    return {
        "mailbox_id": mailbox_id,
        "folder": folder,
        "uidvalidity": uidvalidity,
        "uid": mail.uid,
        "sha256": digest,
        "size": mail.size,
        "partial": len(mail.content) < mail.size,
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
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(kind.insert(table).on_conflict_do_nothing(), rows)


def cursor(session: Session, mailbox_id: int, folder: str) -> Cursor | None:
    """How far the folder has been read, or None if never."""
    return session.scalars(
        select(Cursor).where(Cursor.mailbox_id == mailbox_id, Cursor.folder == folder)
    ).one_or_none()


def move_cursor(session: Session, mailbox_id: int, folder: str, uidvalidity: int, uid: int) -> None:
    """Everything up to that UID is stored. A new UIDVALIDITY begins a new count."""
    known = cursor(session, mailbox_id, folder)
    if known is None:
        known = Cursor(mailbox_id=mailbox_id, folder=folder, uidvalidity=uidvalidity, uid=0)
        session.add(known)
    if known.uidvalidity != uidvalidity:
        known.uidvalidity, known.uid = uidvalidity, 0
    known.uid = max(known.uid, uid)
    session.flush()


def take(limit: int = BATCH) -> list[Taken]:
    """Lease waiting mails, the oldest first; the try is counted before anybody looks at them."""
    now = clock.now()
    with transaction() as session:
        free = (RawMail.leased_until.is_(None)) | (RawMail.leased_until < now)
        ids = session.scalars(
            select(RawMail.id)
            .where(RawMail.fate == Fate.WAITING, free)
            .order_by(RawMail.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        session.execute(
            update(RawMail)
            .where(RawMail.id.in_(ids))
            .values(
                leased_until=now + timedelta(seconds=settings().lease_seconds),
                attempts=RawMail.attempts + 1,
            )
        )
        return _contents(session, ids)


def _contents(session: Session, ids: Iterable[int]) -> list[Taken]:
    rows = session.execute(
        select(RawMail, RawContent.content)
        .join(RawContent, RawContent.sha256 == RawMail.sha256)
        .where(RawMail.id.in_(list(ids)))
        .order_by(RawMail.id)
    )
    return [
        Taken(
            raw.id,
            raw.mailbox_id,
            zlib.decompress(content),
            raw.arrived_at,
            raw.attempts,
            raw.history,
            raw.partial,
            raw.stub_case_id,
        )
        for raw, content in rows
    ]


def settle(session: Session, raw_ids: Sequence[int], fate: Fate, reason: str = "") -> None:
    """Say what became of those mails."""
    session.execute(
        update(RawMail)
        .where(RawMail.id.in_(raw_ids))
        .values(fate=fate, reason=reason, leased_until=None)
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


def content_of(session: Session, raw_id: int) -> bytes | None:
    """The bytes of a mail as it came."""
    packed = session.scalar(
        select(RawContent.content)
        .join(RawMail, RawMail.sha256 == RawContent.sha256)
        .where(RawMail.id == raw_id)
    )
    return zlib.decompress(packed) if packed is not None else None
