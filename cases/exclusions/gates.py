"""The tables of campaigns and gates: who is to get what, and what was answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cases.contact import Kind
from cases.db import Base
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.rows import Seq
from cases.exclusions.spellings import Match


class Status(StrEnum):
    """Where a gate stands."""

    OPEN = "open"
    SEALED = "sealed"
    HONOURED = "honoured"
    UNASKED = "unasked"
    """Mail went to people who were held back."""
    UNREPORTED = "unreported"
    """The lease ended a day ago and nobody said what was sent."""


class Going(StrEnum):
    """The answer to a campaign as a whole."""

    GO = "go"
    REVIEW = "review"
    WAVES = "waves"
    NO_GO = "no_go"


class Campaign(Base):
    """A mailing that a sender has told us of; `external_id` is theirs."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("token_id", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(index=True)
    external_id: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    campaign_class: Mapped[CampaignClass]
    topic: Mapped[str] = mapped_column(default="")
    weight: Mapped[float]
    expected: Mapped[int] = mapped_column(default=0)
    mailboxes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Of the brand it is sent for: trouble with others does not hold it back; empty means all."""
    scheduled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Gate(Base):
    """One audience of a campaign, asked about at one seq of the feed."""

    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("token_id", "idempotency_key"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    idempotency_key: Mapped[str | None]
    kind: Mapped[Kind] = mapped_column(default=Kind.ADDRESS)
    match: Mapped[Match] = mapped_column(default=Match.EXACT, server_default="exact")
    """Whether another spelling of a mailbox is the same person."""
    status: Mapped[Status] = mapped_column(default=Status.OPEN)
    decision: Mapped[Going | None]
    epoch: Mapped[str] = mapped_column(default="")
    seq: Mapped[int] = mapped_column(Seq, default=0)
    audience_n: Mapped[int] = mapped_column(default=0)
    audience_digest: Mapped[str] = mapped_column(default="")
    allowed_n: Mapped[int] = mapped_column(default=0)
    allowed_digest: Mapped[str] = mapped_column(default="")
    late_n: Mapped[int] = mapped_column(default=0)
    late_digest: Mapped[str] = mapped_column(default="")
    """Who became held since it was sealed: what is allowed now is `allowed` without them."""
    excluded: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many are held back, by group."""
    too_much: Mapped[int] = mapped_column(default=0)
    """Would be held by pressure, were it enforced."""
    lease_s: Mapped[int] = mapped_column(default=900)
    lease_until: Mapped[datetime | None]
    jti: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """Of what instant the newest answer is."""
    committed_at: Mapped[datetime | None]
    sent_n: Mapped[int | None]
    offenders: Mapped[list[str]] = mapped_column(default=list)
    overridden: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Who had it answered although the feed was behind, and why; empty where nobody did."""
    expiring_told: Mapped[str] = mapped_column(default="", server_default="")
    """The receipt whose end the sender's webhooks were told of."""


class GatePart(Base):
    """A part of an audience: normalised, sorted, each once, compressed."""

    __tablename__ = "gate_part"

    gate_id: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class GateShelf(Base):
    """The audience as short hashes on shelves, so that one person is found without reading all."""

    __tablename__ = "gate_shelf"

    gate_id: Mapped[str] = mapped_column(primary_key=True)
    shelf: Mapped[int] = mapped_column(primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class GateHeld(Base):
    """Who of an audience is held back, and who will be held while the lease lasts."""

    __tablename__ = "gate_held"

    gate_id: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Compressed JSON: value -> [action, until, group, reason]."""
    soon: Mapped[list[str]] = mapped_column(default=list)
    late: Mapped[list[str]] = mapped_column(default=list)
    """Those of the held who were allowed when the gate was sealed."""
