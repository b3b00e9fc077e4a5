"""How many addresses a token may ask about in a day, and the alarm when it wants more.

Nobody may find out who complains by trying addresses. Places are taken from the database in
blocks, so that most questions write nothing; what is left of a block when a process ends counts
as used. A token that brings lists to gates may ask as much as these are long: what it asks about
beside them is no more than what others may.
"""

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.db import Base, transaction
from cases.exclusions.gates import Gate
from cases.rows.upserting import insert_into
from inbox.api.problems import N_, Problem
from inbox.tokens import QUOTA, Token

log = logging.getLogger(__name__)
BLOCK = 50
BLOCKS = 200
"""Into so many blocks, at most, a long day's places are cut."""
SENT_WITHIN = timedelta(days=7)
"""So long after it was sealed, single people of an audience are asked about."""
TIMES = 3
"""Tools that ask when they send ask more than once about each recipient."""
Key = tuple[str, str]
"""A token's prefix and a day."""


class TokenUse(Base):
    """How many addresses a token asked about on one day (UTC)."""

    __tablename__ = "token_use"

    token_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class Quotas:
    """The places this process has taken and not used yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[Key, int] = {}
        self._empty: set[Key] = set()
        self._alarmed: set[Key] = set()

    def spend(self, token: Token, count: int) -> None:
        """Count that many addresses; raises Problem when the day's are used up."""
        if count == 0:
            return
        now = clock.now()
        key = (token.prefix, now.date().isoformat())
        with self._lock:
            if self._left.get(key, 0) < count and not self._take(token, key, count):
                self._refuse(token, key, now)
            self._left[key] -= count

    def _take(self, token: Token, key: Key, count: int) -> bool:
        if key in self._empty:
            return False
        missing = count - self._left.get(key, 0)
        with transaction() as session:
            most = _limit(session, token, clock.now())
            for wanted in (max(BLOCK, missing, most // BLOCKS), missing):
                if _reserve(session, token, key[1], wanted, most):
                    self._left[key] = self._left.get(key, 0) + wanted
                    return True
        if count == 1 and token.quota is not None:
            # Not even one more: until tomorrow nobody need ask the database.
            self._empty.add(key)
        return False

    def _forget(self, today: str) -> None:
        """Keep nothing of the days before."""
        self._empty = {one for one in self._empty if one[1] == today}
        self._alarmed = {one for one in self._alarmed if one[1] == today}
        self._left = {one: left for one, left in self._left.items() if one[1] == today}

    def _refuse(self, token: Token, key: Key, now: datetime) -> None:
        if key not in self._alarmed:
            self._forget(key[1])
            self._alarmed.add(key)
            _alarm(token, key[1], now)
        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
        raise Problem(
            429,
            "quota-used-up",
            N_("This token has asked about as many addresses today as it may."),
            headers={"Retry-After": str(int((tomorrow - now).total_seconds()) + 1)},
        )


def _limit(session: Session, token: Token, now: datetime) -> int:
    """How many a day: what was set for it, or else as its lists are long."""
    if token.quota is not None:
        return token.quota
    brought = session.scalar(
        select(func.sum(Gate.audience_n)).where(
            Gate.token_id == token.id, Gate.sealed_at > now - SENT_WITHIN
        )
    )
    return QUOTA + TIMES * (brought or 0)


def _reserve(session: Session, token: Token, day: str, count: int, most: int) -> bool:
    """Take places if there are that many; one statement, so that two processes never share them."""
    row = {"token_id": token.id, "day": day, "used": 0, "refused": 0}
    session.execute(insert_into(session, TokenUse).on_conflict_do_nothing(), [row])
    taken = session.execute(
        update(TokenUse)
        .where(TokenUse.token_id == token.id, TokenUse.day == day)
        .where(TokenUse.used + count <= most)
        .values(used=TokenUse.used + count)
        .returning(TokenUse.used)
    )
    return taken.first() is not None


def _alarm(token: Token, day: str, now: datetime) -> None:
    log.warning("token %s (%s) asks about more addresses than it may", token.prefix, token.name)
    with transaction() as session:
        session.execute(update(Token).where(Token.id == token.id).values(alarmed_at=now))
        session.execute(
            update(TokenUse)
            .where(TokenUse.token_id == token.id, TokenUse.day == day)
            .values(refused=TokenUse.refused + 1)
        )


quotas = Quotas()
