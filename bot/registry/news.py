"""What happened, for outside bots: rows numbered in the order of commits."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.history import Event, What


class Kind(StrEnum):
    """What a bot can follow."""

    OPENED = "case.opened"
    RECEIVED = "message.received"
    HANDED_OVER = "case.handed_over"
    SENT = "reply.sent"
    EDITED = "reply.edited"
    SILENCED = "reply.silenced"
    CLOSED = "case.closed"


_UNTOLD = text("told_at IS NULL")


class BotNews(Base):
    """One thing that happened. Written under one lock, so that a cursor misses nothing."""

    __tablename__ = "bot_news"
    __table_args__ = (
        Index("ix_bot_news_untold", "id", postgresql_where=_UNTOLD, sqlite_where=_UNTOLD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told_at: Mapped[datetime | None]
    """When the webhooks were told."""


_KINDS = {
    What.OPENED: Kind.OPENED,
    What.MESSAGE_RECEIVED: Kind.RECEIVED,
    What.CLOSED: Kind.CLOSED,
}


def of_event(event: Event) -> BotNews | None:
    """The news of an event of a case, if it is any."""
    kind = _KINDS.get(event.what)
    if event.what is What.NOTED and event.data.get("handed_over"):
        kind = Kind.HANDED_OVER
    if kind is None:
        return None
    data = {"by": event.by, **{key: event.data[key] for key in ("origin",) if key in event.data}}
    return BotNews(kind=kind, case_id=event.case_id, at=event.at, data=data)


def since(session: Session, number: int, limit: int) -> Sequence[BotNews]:
    """The news after that number, oldest first."""
    return session.scalars(
        select(BotNews).where(BotNews.id > number).order_by(BotNews.id).limit(limit)
    ).all()


def untold(session: Session, limit: int) -> Sequence[BotNews]:
    """The news that webhooks were not told, oldest first."""
    waiting = select(BotNews).where(BotNews.told_at.is_(None))
    return session.scalars(waiting.order_by(BotNews.id).limit(limit)).all()


def newest(session: Session) -> int:
    """The number of the last news."""
    return session.scalar(select(func.max(BotNews.id))) or 0
