"""The second proof at the sign-in: an authenticator's codes, and codes on paper if it is lost."""

import base64
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.agent import Agent, Role, totp
from cases.db import Base
from cases.signing import seal, sign, unseal, verify

ISSUER = "Tregua"
PAPER_CODES, ON_PAPER = 10, "paper-code"


class SecondFactor(Base):
    """What an agent's authenticator knows. It counts once a first code has fitted."""

    __tablename__ = "second_factor"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    sealed: Mapped[str]
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """The half minute of the last code that was taken: no code is taken twice."""
    paper: Mapped[list[str]] = mapped_column(default=list)
    """Keyed hashes of the codes on paper that were not used yet."""

    def secret(self) -> str:
        """In clear; raises signing.Tampered."""
        return unseal(self.sealed, row=f"factor:{self.agent_id}")


class FactorRule(Base):
    """A role whose people must have a second factor."""

    __tablename__ = "factor_rule"

    role: Mapped[Role] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    by: Mapped[str]


def of(session: Session, agent_id: int) -> SecondFactor | None:
    """The agent's second factor, if it counts."""
    found = session.get(SecondFactor, agent_id)
    return found if found is not None and found.confirmed_at is not None else None


def begun(session: Session, agent_id: int) -> SecondFactor | None:
    """What was begun and counts for nothing yet."""
    found = session.get(SecondFactor, agent_id)
    return found if found is not None and found.confirmed_at is None else None


def begin(session: Session, agent_id: int, *, at: datetime) -> SecondFactor:
    """A new secret, which counts for nothing yet; one that was begun and not confirmed stays."""
    found = session.get(SecondFactor, agent_id)
    if found is None:
        sealed = seal(totp.new_secret(), row=f"factor:{agent_id}")
        found = SecondFactor(agent_id=agent_id, sealed=sealed, begun_at=at)
        session.add(found)
    return found


def confirm(session: Session, factor: SecondFactor, code: str, *, at: datetime) -> list[str] | None:
    """The first code fits: it counts from now on. The codes on paper exist only in this answer."""
    if not _takes(factor, code, at):
        return None
    factor.confirmed_at = at
    return renew_paper(factor)


def renew_paper(factor: SecondFactor) -> list[str]:
    """Other codes on paper; those of before are worth nothing."""
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(PAPER_CODES)]
    factor.paper = [sign(ON_PAPER, _bound(factor.agent_id, one)) for one in codes]
    return ["-".join(one[n : n + 4] for n in range(0, 16, 4)) for one in codes]


def proves(session: Session, agent_id: int, code: str, *, at: datetime) -> bool:
    """Whether that code of the authenticator or of the paper is theirs; it is used up by it."""
    locked = select(SecondFactor).where(SecondFactor.agent_id == agent_id).with_for_update()
    factor = session.scalars(locked).one_or_none()
    if factor is None or factor.confirmed_at is None:
        return False
    return _takes(factor, code, at) or _is_on_paper(factor, code)


def _takes(factor: SecondFactor, code: str, at: datetime) -> bool:
    step = totp.step_of(factor.secret(), code[:20], at, after=factor.last_step)
    if step is not None:
        factor.last_step = step
    return step is not None


def _is_on_paper(factor: SecondFactor, code: str) -> bool:
    said = _bound(factor.agent_id, code[:40].replace("-", "").replace(" ", "").lower())
    used = [one for one in factor.paper if verify(ON_PAPER, said, one)]
    factor.paper = [one for one in factor.paper if one not in used]
    return bool(used)


def _bound(agent_id: int, code: str) -> str:
    return f"{agent_id}.{code}"


def take_away(session: Session, agent_id: int) -> None:
    """They sign in with the password alone again, or begin anew."""
    session.execute(delete(SecondFactor).where(SecondFactor.agent_id == agent_id))


def roles(session: Session) -> frozenset[Role]:
    """The roles that need one."""
    return frozenset(session.scalars(select(FactorRule.role)))


def is_owed(session: Session, agent: Agent) -> bool:
    """Whether the agent's role needs one and the agent has none."""
    return agent.role in roles(session) and of(session, agent.id) is None


def require(session: Session, wanted: frozenset[Role], *, by: str, at: datetime) -> None:
    """From now on those roles need one, and no others."""
    before = roles(session)
    session.execute(delete(FactorRule).where(FactorRule.role.in_(before - wanted)))
    session.add_all(FactorRule(role=one, since=at, by=by) for one in wanted - before)
