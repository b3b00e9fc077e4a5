"""Who may sign in, and what each role may do."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base

_hasher = PasswordHasher()
SHORTEST_PASSWORD = 10


class Role(StrEnum):
    """What an agent is allowed to do."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    MARKETING = "marketing"
    AUDITOR = "auditor"


ASSIGNABLE = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
"""Who answers customers, so that a case can be theirs."""


class Agent(Base):
    """A person who signs in."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(default=Role.AGENT)
    team: Mapped[str] = mapped_column(default="")
    """Empty: sees the cases of all teams."""
    language: Mapped[str] = mapped_column(default="es")
    password_hash: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    undo_seconds: Mapped[int] = mapped_column(default=10, server_default="10")
    """How long their answers wait before they leave, from none to half a minute."""
    keys: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Their own key for each shortcut that they changed."""
    after_close: Mapped[str] = mapped_column(default="next", server_default="next")
    """What is shown when a case was closed: the next one, the list, or the case."""
    away_since: Mapped[datetime | None]
    """They said that they are not at work; the load counts without them until they are back."""
    away_until: Mapped[datetime | None]
    """When they said that they will be back; without it, when they say so."""
    zone: Mapped[str] = mapped_column(default="", server_default="")
    """The zone of their clock; that of the shop where it is empty."""
    created_at: Mapped[datetime]

    @property
    def can_have_cases(self) -> bool:
        """Whether a case can be theirs."""
        return self.active and self.role in ASSIGNABLE

    def is_away(self, now: datetime) -> bool:
        """Whether they are not at work: the end that they gave needs nobody to write it down."""
        return self.away_since is not None and (self.away_until is None or now < self.away_until)

    def set_password(self, password: str) -> None:
        """Keep the password's argon2id hash."""
        self.password_hash = _hasher.hash(password)


def signed_in_by(session: Session, address: str, password: str) -> Agent | None:
    """The active agent with that address and password, or None."""
    agent = session.scalars(
        select(Agent).where(Agent.address == address.strip().lower())
    ).one_or_none()
    usable = agent is not None and agent.active and agent.password_hash
    if not _matches(agent.password_hash if agent and usable else _nobody(), password):
        return None
    return agent if usable else None


@cache
def _nobody() -> str:
    """Compared when nobody has that address, so that an unknown user takes as long as a known one.

    Made when it is first needed: hashing takes 64 MB, and most processes check no passwords.
    """
    return _hasher.hash("nobody has this password")


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def who_still_can(session: Session, agent_id: int | None) -> int | None:
    """Whose a case becomes that goes back to that agent: nobody's, if they left meanwhile."""
    one = session.get(Agent, agent_id) if agent_id is not None else None
    return one.id if one is not None and one.can_have_cases else None


def is_last_admin(session: Session, agent: Agent) -> bool:
    """Whether nobody else could run the installation."""
    admins = select(Agent.id).where(Agent.active, Agent.role == Role.ADMIN).with_for_update()
    return session.scalars(admins).all() == [agent.id]


def addresses(session: Session) -> frozenset[str]:
    """The addresses of all active agents: their mail is not a customer's."""
    return frozenset(session.scalars(select(Agent.address).where(Agent.active)))
