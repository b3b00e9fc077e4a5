"""How often somebody may guess a password: counted in the database, the same for unknown users."""

from datetime import datetime, timedelta

from sqlalchemy import Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base, hold
from cases.signing import sign

WINDOW = timedelta(minutes=15)
FROM_ONE_PLACE = 10
"""Guesses at one account from one network address."""
AT_ONE_ACCOUNT = 50
"""From anywhere: many places that guess together are stopped as well."""
OF_ONE_PLACE = 100
"""At any accounts: an office behind one address still gets in."""
LOCK = "guesses"


class Guess(Base):
    """One try to sign in. Account and place are keyed hashes: no list of users or addresses."""

    __tablename__ = "sign_in_guess"
    __table_args__ = (
        Index("ix_sign_in_guess_account_at", "account", "at"),
        Index("ix_sign_in_guess_place_at", "place", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    place: Mapped[str]
    at: Mapped[datetime]


def may_guess(session: Session, address: str, place: str, *, at: datetime) -> bool:
    """Count one more try; False if there were too many."""
    # Who guesses many times at once would else be counted as if each were the first.
    hold(session, LOCK)
    account, place = _hidden(address, place)
    session.execute(delete(Guess).where(Guess.at <= at - WINDOW))
    both = (Guess.account == account) & (Guess.place == place)
    limits = ((both, FROM_ONE_PLACE), (Guess.account == account, AT_ONE_ACCOUNT))
    for which, limit in (*limits, (Guess.place == place, OF_ONE_PLACE)):
        if (session.scalar(select(func.count()).select_from(Guess).where(which)) or 0) >= limit:
            return False
    session.add(Guess(account=account, place=place, at=at))
    return True


def forget(session: Session, address: str, place: str) -> None:
    """They got in: earlier slips no longer count."""
    account, place = _hidden(address, place)
    session.execute(delete(Guess).where(Guess.account == account, Guess.place == place))


def _hidden(address: str, place: str) -> tuple[str, str]:
    return sign("sign-in", address.strip().lower()), sign("sign-in-from", place)
