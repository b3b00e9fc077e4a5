"""Who is signed in, kept on the server: the browser holds a random name and nothing else."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.agent import Agent, second_factor
from cases.agent.second_factor import FactorRule, SecondFactor
from cases.db import Base
from cases.signing import fingerprint

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
MOST_SHOWN = 50
NOTICED_EVERY = timedelta(minutes=1)
"""So that reading pages does not write to the database each time."""


class WebSession(Base):
    """One browser of one agent. The secret itself is never stored."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(default="", server_default="")
    """Which browser it is, in a word or two, for the list of one's own sessions."""
    owes_factor: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Nothing is shown before a second factor is set up."""


def begin(session: Session, agent: Agent, *, at: datetime, browser: str = "") -> str:
    """A new session; its secret exists only in the browser."""
    secret = secrets.token_urlsafe(32)
    row = WebSession(secret_hash=fingerprint(secret), agent_id=agent.id, created_at=at, seen_at=at)
    row.browser, row.owes_factor = browser[:60], second_factor.is_owed(session, agent)
    session.add(row)
    _forget_old(session, at)
    return secret


def find(session: Session, secret: str, *, at: datetime) -> tuple[WebSession, Agent] | None:
    """The living session of that secret and its active agent."""
    row = session.execute(
        select(WebSession, Agent)
        .join(Agent, Agent.id == WebSession.agent_id)
        .where(
            WebSession.secret_hash == fingerprint(secret),
            WebSession.seen_at > at - IDLE,
            WebSession.created_at > at - ABSOLUTE,
            Agent.active,
        )
    ).first()
    return (row[0], row[1]) if row is not None else None


def is_worth_noticing(found: WebSession, at: datetime) -> bool:
    """Whether the last look is long enough ago to be written down."""
    return at - found.seen_at > NOTICED_EVERY


def notice(session: Session, session_id: int, *, at: datetime) -> None:
    """They are still there."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(seen_at=at))


def end(session: Session, secret: str) -> None:
    """Sign out in that browser."""
    session.execute(delete(WebSession).where(WebSession.secret_hash == fingerprint(secret)))


def end_all(session: Session, agent_id: int) -> None:
    """Sign out everywhere: after a new password, another role, or the end of the work."""
    session.execute(delete(WebSession).where(WebSession.agent_id == agent_id))


def end_others(session: Session, agent_id: int, secret: str) -> int:
    """Sign out everywhere but here; how many sessions that were."""
    here = WebSession.secret_hash == fingerprint(secret)
    ended = session.execute(
        delete(WebSession).where(WebSession.agent_id == agent_id, ~here).returning(WebSession.id)
    )
    return len(ended.all())


def living(session: Session, agent_id: int, *, at: datetime) -> Sequence[WebSession]:
    """Where that agent is signed in, the last seen first."""
    lives = (WebSession.seen_at > at - IDLE) & (WebSession.created_at > at - ABSOLUTE)
    theirs = select(WebSession).where(WebSession.agent_id == agent_id, lives)
    return session.scalars(theirs.order_by(WebSession.seen_at.desc()).limit(MOST_SHOWN)).all()


def follow_factor_rules(session: Session) -> None:
    """The rules changed: who owes a second factor now sees nothing before it is set up."""
    has_one = exists().where(
        SecondFactor.agent_id == WebSession.agent_id, SecondFactor.confirmed_at.is_not(None)
    )
    must = exists().where(Agent.id == WebSession.agent_id, Agent.role == FactorRule.role)
    session.flush()
    session.execute(update(WebSession).values(owes_factor=must & ~has_one))


def _forget_old(session: Session, at: datetime) -> None:
    session.execute(
        delete(WebSession).where(
            (WebSession.created_at <= at - ABSOLUTE) | (WebSession.seen_at <= at - IDLE)
        )
    )
