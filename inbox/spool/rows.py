"""The tables of the spool, and the values that go in and out of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.db import Base
from cases.mailbox import FolderRole

TRIES = 3
BATCH = 200
"""Mails at once: the work of a statement and of a commit is shared, and others soon get a turn."""
BATCH_BYTES = 16 * 2**20


Unsigned = Annotated[int, mapped_column(BigInteger)]
"""IMAP's numbers have 32 bits and no sign, so they do not fit into a database's integer."""


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
_IN_TROUBLE = text("fate IN ('damaged', 'failed')")


class RawMail(Base):
    """One mail in one mailbox, named by what IMAP guarantees: UIDVALIDITY and UID (RFC 3501)."""

    __tablename__ = "raw_mail"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "folder", "uidvalidity", "uid"),
        Index("ix_raw_mail_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_raw_mail_trouble", "id", postgresql_where=_IN_TROUBLE, sqlite_where=_IN_TROUBLE),
        Index("ix_raw_mail_mailbox_id_arrived_at", "mailbox_id", "arrived_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    folder: Mapped[str]
    role: Mapped[FolderRole] = mapped_column(default=FolderRole.INBOX)
    uidvalidity: Mapped[Unsigned]
    uid: Mapped[Unsigned | None]
    """None if the mail was gone when the server renumbered the folder."""
    sha256: Mapped[str] = mapped_column(ForeignKey("raw_content.sha256"), index=True)
    head_mark: Mapped[str] = mapped_column(String(64), default="")
    """Digest of some header fields, to know a renumbered mail by; "" where they say too little."""
    size: Mapped[int]
    """Bytes on the server; the content is shorter where only a part was fetched."""
    partial: Mapped[bool] = mapped_column(default=False)
    rest_wanted: Mapped[bool] = mapped_column(default=False)
    """Somebody asked for the whole of a mail that was too large."""
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
    uidvalidity: Mapped[Unsigned]
    uid: Mapped[Unsigned] = mapped_column(default=0)
    first: Mapped[Unsigned] = mapped_column(default=1)
    """Mails from this UID on are ours to read: the second look goes back to it and no further."""
    backfill_from: Mapped[datetime | None]
    """Mails below the cursor that arrived since then are still to be looked through."""
    recounting: Mapped[bool] = mapped_column(default=False)
    """The server renumbered the folder, and it is not looked through yet."""
    vanished: Mapped[int] = mapped_column(default=0)
    """Mails that somebody took away between our seeing and our fetching them."""

    __table_args__ = (UniqueConstraint("mailbox_id", "folder"),)


class Tombstone(Base):
    """A mail whose case was deleted: it is not imported again, and nothing of it is told here."""

    __tablename__ = "tombstone"

    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed digest, so that nobody can try out which mails were here."""
    buried_at: Mapped[datetime]


class DayCount(Base):
    """The server's count of one day's mails in a folder beside ours."""

    __tablename__ = "day_count"
    __table_args__ = (UniqueConstraint("mailbox_id", "folder", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    folder: Mapped[str]
    day: Mapped[date]
    on_server: Mapped[int]
    stored: Mapped[int]
    """How many of that day we hold, deleted ones included."""
    missing: Mapped[int]
    """How many of the server's mails we neither hold nor were told to leave: it has to be none."""
    counted_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Place:
    """One folder of one mailbox, and what its mails are."""

    mailbox_id: int
    folder: str
    role: FolderRole = FolderRole.INBOX


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as a mailbox gave it."""

    uid: int
    content: bytes
    arrived_at: datetime
    size: int
    partial: bool = False
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
    role: FolderRole = FolderRole.INBOX
