"""Who is writing an answer right now: bots keep quiet meanwhile."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.agent import Agent
from cases.case import Case
from cases.db import Base
from cases.rows.among import among
from cases.rows.upserting import insert_into

LASTS = timedelta(seconds=60)
"""After so long without a key pressed nobody is writing any more."""


class Presence(Base):
    """An agent who writes in a case, and when they last pressed a key."""

    __tablename__ = "presence"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    at: Mapped[datetime]


def writing(session: Session, case: Case, agent: Agent, at: datetime) -> None:
    """The agent is writing in the case."""
    row = {"case_id": case.id, "agent_id": agent.id, "at": at}
    insert = insert_into(session, Presence).values(row)
    keys = ["case_id", "agent_id"]
    session.execute(insert.on_conflict_do_update(index_elements=keys, set_={"at": at}))


def stopped(session: Session, case: Case, agent: Agent) -> None:
    """The agent left the box, or sent what was in it."""
    session.execute(
        delete(Presence).where(Presence.case_id == case.id, Presence.agent_id == agent.id)
    )


def writers(session: Session, case_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Who writes in those cases: one name a case."""
    rows = session.execute(
        select(Presence.case_id, Agent.name)
        .join(Agent, Agent.id == Presence.agent_id)
        .where(among(Presence.case_id, case_ids), Presence.at > now - LASTS)
        .order_by(Presence.at)
    )
    return {row[0]: row[1] for row in rows}
