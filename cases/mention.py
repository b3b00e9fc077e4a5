"""Colleagues who were named in a note: they are told, and may see the case from then on."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.agent import Agent
from cases.case import Case
from cases.db import Base
from cases.message import Message

MOST = 30
_NAMED = re.compile(r"(?<![\w@.])@([\w.+-]{1,64})")


class Mention(Base):
    """One note that names one agent."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("message_id", "agent_id"),
        Index("ix_mention_agent_id_case_id", "agent_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


def handle(agent: Agent) -> str:
    """What stands behind the @: the part of their address before its own."""
    return agent.address.partition("@")[0].lower()


def named(text: str, agents: Iterable[Agent]) -> list[Agent]:
    """The agents whom a text names."""
    said = {found.rstrip(".-").lower() for found in _NAMED.findall(text)[:MOST]}
    return [agent for agent in agents if agent.active and handle(agent) in said]


def note(session: Session, message: Message, agents: Sequence[Agent], *, at: datetime) -> None:
    """Tell those agents that the note names them; its case must have its number."""
    session.flush()
    for agent in agents:
        session.add(
            Mention(agent_id=agent.id, case_id=message.case.id, message_id=message.id, at=at)
        )


def of(agent: Agent, *, unseen: bool = False) -> ColumnElement[bool]:
    """The cases in which somebody named the agent."""
    mine = select(Mention.case_id).where(Mention.agent_id == agent.id)
    return Case.id.in_(mine.where(Mention.seen_at.is_(None)) if unseen else mine)


def seen(session: Session, case_id: int, agent: Agent, *, at: datetime) -> None:
    """The agent opened the case."""
    mine = (Mention.case_id == case_id) & (Mention.agent_id == agent.id)
    session.execute(update(Mention).where(mine, Mention.seen_at.is_(None)).values(seen_at=at))
