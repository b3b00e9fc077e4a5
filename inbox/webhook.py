"""Webhooks and the messages to them, as rows: what a program wants to be told, and was told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cases import signing
from cases.db import Base
from cases.exclusions.rows import Seq


class Happening(StrEnum):
    """What a webhook can be told."""

    UPSERTED = "exclusion.upserted"
    RELEASED = "exclusion.released"
    EPOCH_CHANGED = "feed.epoch_changed"
    LOAD_CHANGED = "load.changed"
    UNASKED = "gate.unasked"
    EXPIRING = "receipt.expiring"
    CASE_OPENED = "case.opened"
    MESSAGE_RECEIVED = "message.received"
    CASE_HANDED_OVER = "case.handed_over"
    REPLY_SENT = "reply.sent"
    REPLY_EDITED = "reply.edited"
    REPLY_SILENCED = "reply.silenced"
    CASE_CLOSED = "case.closed"


class Webhook(Base):
    """An address that wants to be told. The secret is sealed."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"), index=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(default=list)
    sealed: Mapped[str]
    epoch: Mapped[str] = mapped_column(default="")
    seq: Mapped[int] = mapped_column(Seq, default=0)
    """Up to which change of the feed it was told."""
    load: Mapped[str] = mapped_column(default="", server_default="")
    """The verdict on support's load it was last told, and after a `>` the one that comes."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    def secret(self) -> bytes:
        """The key its messages are signed with; raises signing.Tampered."""
        return signing.unseal_hook_key(self.sealed, row=f"webhook:{self.url}")


_DUE = text("done_at IS NULL")


class Telling(Base):
    """One message to one webhook, tried until it is taken."""

    __tablename__ = "webhook_telling"
    __table_args__ = (
        Index("ix_webhook_telling_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"), index=True)
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
