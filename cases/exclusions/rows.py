"""The tables of exclusions: dated reasons of a contact, and the changes in the order of commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.contact import Kind
from cases.db import Base
from cases.exclusions.reasons import Reason, Severity

_LIVE = text("lifted_at IS NULL")


class Exclusion(Base):
    """One reason for one contact. It holds while starts_at <= now < until and nobody lifted it."""

    __tablename__ = "exclusion"
    __table_args__ = (
        Index("ix_exclusion_live", "contact_id", postgresql_where=_LIVE, sqlite_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[Reason]
    severity: Mapped[Severity]
    starts_at: Mapped[datetime]
    until: Mapped[datetime | None]
    origin: Mapped[str]
    """Who or what says so: a rule's name or an agent's address."""
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(default="")

    def holds_at(self, instant: datetime) -> bool:
        """Whether it holds at that instant: every reader applies this, so no job is needed."""
        if self.lifted_at is not None or self.starts_at > instant:
            return False
        return self.until is None or instant < self.until


class FeedChange(Base):
    """What became of one identifier. `seq` is the order of commits: a follower misses nothing."""

    __tablename__ = "feed_change"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[Kind]
    value: Mapped[str]
    contact_id: Mapped[int]
    holds: Mapped[list[Any]] = mapped_column(default=list)
    """All exclusions of the identifier after this change: reason, severity, starts_at, until."""


class FeedHead(Base):
    """One row: the newest seq, and the epoch that a restored backup renews."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
