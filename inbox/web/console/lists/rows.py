"""The tables of uploaded lists. Their content is personal data: sealed, and kept for days only."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from cases.db import Base
from cases.exclusions.spellings import Match


class State(StrEnum):
    """What becomes of a list."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    SENT = "sent"
    """Somebody said that the allowed ones got the mail."""
    FORGOTTEN = "forgotten"


class Wish(StrEnum):
    """What is to be done with a list next."""

    CHECK = "check"
    REPORT = "report"


class AudienceList(Base):
    """One list of people that somebody wants to write to."""

    __tablename__ = "audience_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    pasted: Mapped[bool] = mapped_column(default=False)
    match: Mapped[Match] = mapped_column(default=Match.EXACT, server_default="exact")
    """Whether another spelling of a mailbox is the same person."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    wish: Mapped[Wish] = mapped_column(default=Wish.CHECK)
    leased_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    """Why it cannot be read: one of the reasons in reading.py."""
    bytes: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    """Bytes that were read so far, for the bar of progress."""
    shape: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Encoding, separator, column and header, as they were found."""
    rows: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    forget_at: Mapped[datetime]

    @property
    def is_busy(self) -> bool:
        return self.state in (State.WAITING, State.WORKING)


class ListPiece(Base):
    """A piece of the list as it was uploaded, compressed and sealed."""

    __tablename__ = "audience_list_piece"

    list_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ListCheck(Base):
    """One look at the list: the gate with its receipt, and the difference to the look before."""

    __tablename__ = "audience_list_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(index=True)
    gate_id: Mapped[str]
    at: Mapped[datetime]
    out_n: Mapped[int] = mapped_column(default=0)
    """So many were allowed at some look before and are held now."""
    back_n: Mapped[int] = mapped_column(default=0)
    """So many were held at some look before and are free now."""
    review_n: Mapped[int] = mapped_column(default=0)
    difference: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Sealed JSON: {"out": [...], "back": [...]}."""
