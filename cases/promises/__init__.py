"""What became of each promise: kept, warned of or broken, each written down once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.db import Base
from cases.sla.policy import Target


class Mark(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    WARNED = "warned"
    BROKEN = "broken"


_NOT_KEPT = text("mark != 'kept'")


class PromiseMark(Base):
    """One promise of a case that was kept, warned of or broken; never twice the same."""

    __tablename__ = "promise_mark"
    __table_args__ = (
        UniqueConstraint("case_id", "target", "due_at", "mark", "started_at"),
        # Two promises may be kept that were due at one instant, but it breaks only one.
        Index(
            "uq_promise_mark_noticed",
            *("case_id", "target", "due_at", "mark"),
            unique=True,
            postgresql_where=_NOT_KEPT,
            sqlite_where=_NOT_KEPT,
        ),
        Index("ix_promise_mark_mark_at", "mark", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    target: Mapped[Target]
    mark: Mapped[Mark]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    """When it was kept, warned of, or broken: true from then on, whenever we noticed it."""
    noticed_at: Mapped[datetime]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("sla_policy.id"))
