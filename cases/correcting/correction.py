"""What people said a message is about, or how it sounds, where the classifier said otherwise."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cases.db import Base

MOODS = ("negative", "neutral", "positive")


class Field(StrEnum):
    """What was corrected."""

    TYPE = "type"
    MOOD = "mood"


class Correction(Base):
    """One correction. The text stays with its message: who deletes that takes it from training."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_case_id", "case_id"),
        Index("ix_correction_message_id", "message_id"),
        Index("ix_correction_mark", "mark", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    """None where the customer wrote nothing: nothing is learned from it then."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of subject and text, as they were when somebody judged them."""
    field: Mapped[Field]
    was: Mapped[str] = mapped_column(default="")
    now: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What undoing puts back."""
    by: Mapped[str]
    """An agent's address, or "api:" and the name of a token."""
    model: Mapped[str] = mapped_column(default="")
    """The version that was corrected; empty where none had spoken."""
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")
    mark: Mapped[str | None] = mapped_column(String(300))
    """What a program calls it, so that telling it twice changes nothing."""


def digest_of(subject: str, text: str) -> str:
    """Tells the same text again, whoever wrote it."""
    return sha256(f"{subject}\n{text}".encode(errors="replace")).hexdigest()
