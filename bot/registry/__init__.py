"""Bots outside the program that speak through it, or whose mail is told by their signs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.kinds import Mode
from cases.db import Base


class OutsideBot(Base):
    """One registered bot."""

    __tablename__ = "outside_bot"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    token_id: Mapped[int | None] = mapped_column(unique=True)
    """The API token it speaks with; no foreign key, since tokens belong to the inbox."""
    mode: Mapped[Mode] = mapped_column(default=Mode.SEND)
    addresses: Mapped[list[str]] = mapped_column(default=list)
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subjects: Mapped[list[str]] = mapped_column(default=list)
    """Signs of the mails it sends by itself, as in the file of bot rules."""
    customer: Mapped[str] = mapped_column(default="")
    """Where such a mail names its customer: "to", "header:NAME" or "body:LABEL"."""
    marketing: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def has_signs(self) -> bool:
        """Whether its mails can be told."""
        return bool(self.addresses or self.headers or self.subjects)


def of_token(session: Session, token_id: int, name: str, at: datetime) -> OutsideBot:
    """The bot that speaks with that token, registered at its first word."""
    known = session.scalars(select(OutsideBot).where(OutsideBot.token_id == token_id)).first()
    if known is not None:
        return known
    same = session.scalars(select(OutsideBot).where(OutsideBot.name == name)).first()
    if same is not None and same.token_id is None:
        same.token_id = token_id
        return same
    unused = f"{name} ({token_id})" if same is not None else name
    bot = OutsideBot(name=unused, token_id=token_id, mode=Mode.SEND, created_at=at)
    session.add(bot)
    session.flush()
    return bot


def everybody(session: Session) -> Sequence[OutsideBot]:
    """All registered bots."""
    return session.scalars(select(OutsideBot).order_by(OutsideBot.id)).all()
