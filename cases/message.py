"""One mail or note inside a case."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cases.db import Base
from cases.mail import Origin, Trust

if TYPE_CHECKING:
    from cases.case import Case


class Direction(StrEnum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


_STANDS = text("withdrawn_at IS NULL")


class Message(Base):
    """A mail that came or went, or an internal note. The bytes lie in the spool."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_untagged",
            "id",
            postgresql_where=text("tagged_at IS NULL AND to_tag"),
            sqlite_where=text("tagged_at IS NULL AND to_tag"),
        ),
        # All that reports count by, so that they need not read what the messages say.
        Index(
            "ix_message_arrived",
            *("arrived_at", "direction", "origin", "case_id"),
            postgresql_where=_STANDS,
            sqlite_where=_STANDS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    raw_id: Mapped[int | None] = mapped_column(unique=True)
    """Row of the spool with the bytes; no foreign key, since cases knows no inbox."""
    direction: Mapped[Direction]
    origin: Mapped[Origin]
    origin_rule: Mapped[str] = mapped_column(default="")
    rfc_id: Mapped[str] = mapped_column(String(1000), default="", index=True)
    """Message-ID without angle brackets."""
    likeness: Mapped[str] = mapped_column(String(64), default="", index=True)
    """SHA-256 of From, Date, Subject and body: tells the same mail in two mailboxes."""
    sender: Mapped[str] = mapped_column(default="")
    sender_name: Mapped[str] = mapped_column(default="")
    to: Mapped[list[str]] = mapped_column(default=list)
    cc: Mapped[list[str]] = mapped_column(default=list)
    bcc: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Who got an answer of ours without the others knowing."""
    reply_to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    """Everything, as an agent reads it."""
    new_text: Mapped[str] = mapped_column(default="")
    """What the person newly wrote."""
    has_html: Mapped[bool] = mapped_column(default=False)
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    sent_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime]
    """When the server took it: clocks start here, never at the Date header."""
    rule: Mapped[str] = mapped_column(default="")
    """Why it is in this case: the threading rule that decided."""
    matched: Mapped[str] = mapped_column(default="")
    """What that rule matched."""
    trust: Mapped[Trust] = mapped_column(default=Trust.NONE)
    quarantined: Mapped[bool] = mapped_column(default=False)
    """A failed sender verdict or a stranger: shown, but it moves nothing until an agent agrees."""
    defects: Mapped[list[str]] = mapped_column(default=list)
    by: Mapped[str] = mapped_column(default="")
    """The agent who wrote it, for answers and notes."""

    withdrawn_at: Mapped[datetime | None]
    """When an answer was taken back before it left."""

    to_tag: Mapped[bool] = mapped_column(default=False)
    tagged_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(default="")
    labels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the classifiers said: type, p, top3, sentiment, anger, urgency, signals, model."""

    case: Mapped["Case"] = relationship(back_populates="messages")


class Delivery(Base):
    """The same mail arrived in another mailbox too: one message, one more delivery."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    raw_id: Mapped[int | None] = mapped_column(unique=True)
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))
    at: Mapped[datetime]
    message: Mapped[Message] = relationship()


class KnownId(Base):
    """A Message-ID we have seen, as a mail's own or as somebody's reference, and its case."""

    __tablename__ = "known_id"
    __table_args__ = (Index("ix_known_id_rfc_id_case_id", "rfc_id", "case_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rfc_id: Mapped[str] = mapped_column(String(1000))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The message that bears the id; None while only references spoke of it."""
    ours: Mapped[bool] = mapped_column(default=False)
    case: Mapped["Case"] = relationship()
    message: Mapped[Message | None] = relationship()
