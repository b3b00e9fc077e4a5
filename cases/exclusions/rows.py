"""The tables of exclusions: dated reasons, the changes in the order of commits, and their sum."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Index, Integer, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.contact import Kind
from cases.db import Base
from cases.exclusions.reasons import Reason, Severity

TEST = "test-"
"""How the epoch of a feed begins in which all people are invented."""
_LIVE = text("lifted_at IS NULL")
_PROVISIONAL = text("reason = 'provisional'")
Seq = BigInteger().with_variant(Integer, "sqlite")


class Exclusion(Base):
    """One reason for one contact. It holds while starts_at <= now < until and nobody lifted it.

    Contact, case and identifier are no foreign keys: rows are written while the head of the feed
    is locked, and must not wait there for a case that somebody else has locked.
    """

    __tablename__ = "exclusion"
    __table_args__ = (
        Index("ix_exclusion_live", "contact_id", postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_exclusion_ending", "until", postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index(
            "ix_exclusion_provisional",
            "created_at",
            postgresql_where=_PROVISIONAL,
            sqlite_where=_PROVISIONAL,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(index=True)
    case_id: Mapped[int | None] = mapped_column(index=True)
    identifier_id: Mapped[int | None]
    """Set where only one address is meant, as by a bounce; else all of the contact are."""
    reason: Mapped[Reason]
    severity: Mapped[Severity]
    topics: Mapped[list[str]] = mapped_column(default=list)
    starts_at: Mapped[datetime]
    until: Mapped[datetime | None]
    origin: Mapped[str]
    """Who or what says so: "case" for what follows from state, else an agent or a program."""
    evidence: Mapped[str] = mapped_column(default="")
    """What it follows from: the same evidence never excludes again what a person has lifted."""
    about: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(default="")
    """The agent who lifted it; empty where its cause went away or its time was over."""
    lift_reason: Mapped[str] = mapped_column(default="")

    @classmethod
    def heard_since(cls, since: datetime) -> ColumnElement[bool]:
        """Those held provisionally since then, in words that the index of them knows."""
        return and_(_PROVISIONAL, cls.created_at >= since)

    def holds_at(self, instant: datetime) -> bool:
        """Whether it holds at that instant: every reader applies this, so no job is needed."""
        if self.lifted_at is not None or self.starts_at > instant:
            return False
        return self.until is None or instant < self.until


class FeedChange(Base):
    """What became of one identifier. `seq` is the order of commits: a follower misses nothing."""

    __tablename__ = "feed_change"

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[Kind]
    value: Mapped[str]
    contact_id: Mapped[int]
    holds: Mapped[list[Any]] = mapped_column(default=list)
    """All exclusions of the identifier after this change."""


class FeedEntry(Base):
    """The sum of the changes: one row per identifier that has exclusions, found by its value."""

    __tablename__ = "feed_entry"

    kind: Mapped[Kind] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(index=True)
    seq: Mapped[int] = mapped_column(Seq, unique=True)
    holds: Mapped[list[Any]] = mapped_column(default=list)


class FeedHead(Base):
    """One row: the newest seq, and the epoch that a restored backup renews."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    seq: Mapped[int] = mapped_column(Seq)
    pruned: Mapped[int] = mapped_column(Seq, default=0)
    """The newest change that is no longer kept: an older cursor needs a new snapshot."""
    policy: Mapped[dict[str, Any] | None]
    """What an admin decided otherwise than shipped; another matrix begins a new epoch."""
