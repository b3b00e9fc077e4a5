"""What outside bots, and rules that only draft, want to say; and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from bot.outbox import OutgoingMail, Purpose
from cases.case import Case
from cases.db import Base


class Fate(StrEnum):
    """What became of a proposal."""

    QUEUED = "queued"
    MERGED = "merged"
    """It is said together with other news."""
    SILENCE = "silence"
    SHADOW = "shadow"
    """It would have been said, but this bot or rule only tries."""
    DRAFT = "draft"
    """An agent may send it, edit it or drop it."""
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    EDITED = "edited"
    """An agent sent it in other words."""
    PERMITTED = "permitted"
    NOT_BEFORE = "not_before"


# Written out, since a database finds such an index only by the very words it was made with.
UNTOLD = text("told_at IS NULL AND fate IN ('queued', 'merged', 'edited', 'sent')")
"""Bots wait to be told what became of these; of all others they know it, or never will."""


class Proposal(Base):
    """One wish to speak, with the decision about it: reason, inputs and version."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("bot", "key"),
        Index("ix_proposal_untold", "id", postgresql_where=UNTOLD, sqlite_where=UNTOLD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bot: Mapped[str]
    """Name of the outside bot or label of the rule."""
    key: Mapped[str] = mapped_column(String(200))
    """Idempotency: the same wish is looked at once."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    address: Mapped[str] = mapped_column(default="", index=True)
    template: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.SERVICE)
    asks: Mapped[bool] = mapped_column(default=False)
    """The bot only asked whether it may write by itself."""
    fate: Mapped[Fate]
    rule: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[str] = mapped_column(default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_mail.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The mail that came of it, where the bot sent it by itself or an agent edited it."""
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When the bot was told what became of it in the end."""

    case: Mapped[Case | None] = relationship()
    outgoing: Mapped[OutgoingMail | None] = relationship()


def known(session: Session, bot: str, key: str) -> Proposal | None:
    """The proposal that this bot made under that key."""
    wanted = select(Proposal).where(Proposal.bot == bot, Proposal.key == key)
    return session.scalars(wanted).one_or_none()


def drafts(session: Session, case_id: int) -> Sequence[Proposal]:
    """What agents may send in a case, the newest first."""
    return session.scalars(
        select(Proposal)
        .where(Proposal.case_id == case_id, Proposal.fate == Fate.DRAFT)
        .order_by(Proposal.id.desc())
    ).all()


def used(proposal: Proposal, sent: str, message_id: int) -> None:
    """An agent sent a draft, as it was or in other words: its bot learns which."""
    same = " ".join(sent.split()) == " ".join(proposal.text.split())
    proposal.fate = Fate.SENT if same else Fate.EDITED
    proposal.message_id = message_id
    proposal.told_at = None


def dropped(proposal: Proposal, reason: str) -> None:
    """An agent does not want that draft."""
    proposal.fate, proposal.reason = Fate.SILENCE, reason
    proposal.told_at = None
