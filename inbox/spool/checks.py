"""Trials of a mailbox that somebody asked for in a page, and what each step of them said."""

from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.db import Base


class Step(StrEnum):
    """What is tried, in this order; what comes after a failure is not tried."""

    SIGN_IN = "sign_in"
    FOLDER = "folder"
    NEWS = "news"
    FOLDERS = "folders"
    RELAY = "relay"


class Said(TypedDict):
    """How a step went: the values of its sentence, or the failure's own words."""

    step: str
    ok: bool
    said: str


class Check(Base):
    """One trial. The poller does it, since the web knows nothing of IMAP."""

    __tablename__ = "mailbox_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), index=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    steps: Mapped[list[Said]] = mapped_column(JSON, default=list)


def ask(session: Session, mailbox_id: int) -> Check:
    """Have the mailbox tried soon; one that waits already is enough."""
    waiting = session.scalars(
        select(Check).where(Check.mailbox_id == mailbox_id, Check.done_at.is_(None))
    ).first()
    if waiting is None:
        waiting = Check(mailbox_id=mailbox_id, asked_at=clock.now(), steps=[])
        session.add(waiting)
        session.flush()
    return waiting


def newest(session: Session, mailbox_id: int) -> Check | None:
    """The last trial of that mailbox."""
    return session.scalars(
        select(Check).where(Check.mailbox_id == mailbox_id).order_by(Check.id.desc()).limit(1)
    ).first()
