"""The very first sign-in: a link that makes the first administrator while there is nobody."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.agent import Agent, Role
from cases.db import hold
from cases.signing import sign, verify

LASTS = timedelta(hours=24)
PURPOSE, LOCK = "first-run", "first-run"


class SomebodyIsThere(Exception):
    """Somebody may sign in already, so the link makes nobody any more."""


def is_empty(session: Session) -> bool:
    """Whether nobody was ever let in."""
    return session.scalars(select(Agent.id).limit(1)).first() is None


def token(at: datetime) -> str:
    """The part of the link that only who started the program can know."""
    until = int((at + LASTS).timestamp())
    return f"{until}.{sign(PURPOSE, str(until))}"


def is_ours(said: str, at: datetime) -> bool:
    """Whether we gave that link, and not too long ago."""
    until, _dot, mac = said[:60].partition(".")
    plain = until.isascii() and until.isdigit() and len(until) <= 12
    return plain and verify(PURPOSE, until, mac) and int(until) > at.timestamp()


def make_admin(session: Session, admin: Agent) -> None:
    """Let them in as the first administrator; raises SomebodyIsThere. One of two is the first."""
    hold(session, LOCK)
    if not is_empty(session):
        raise SomebodyIsThere(admin.address)
    admin.role = Role.ADMIN
    session.add(admin)
    session.flush()
