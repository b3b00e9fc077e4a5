"""How many people the feed holds back for a class of mail, counted once a minute."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from cases.exclusions.matrix import (
    ABOUT_A_CHARGE,
    Action,
    CampaignClass,
    Changes,
    Hold,
    action,
)
from cases.exclusions.numbers import GROUP
from cases.exclusions.reasons import Group, Reason, Severity
from cases.exclusions.rows import Exclusion

REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Counts:
    """People held at one instant; who is held for two things counts in both, and once in `held`."""

    held: int
    by_group: Mapping[Group, int]
    by_reason: Mapping[Reason, int]


class Counter:
    """What this process counted in this minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, CampaignClass, str], Counts] = {}
        self._minute: datetime | None = None

    def counts(
        self, session: Session, epoch: str, asked: CampaignClass, changes: Changes, now: datetime
    ) -> Counts:
        """How many are held for that class under that policy, as of this minute."""
        minute = now.replace(second=0, microsecond=0)
        key = epoch, asked, repr(sorted(changes.items()))
        # Under the lock, so that many who ask at once have it counted once.
        with self._lock:
            if minute != self._minute or len(self._known) >= REMEMBERED:
                self._known, self._minute = {}, minute
            if key not in self._known:
                self._known[key] = _count(session, _held(asked, changes, now))
            return self._known[key]


def _held(asked: CampaignClass, changes: Changes, now: datetime) -> ColumnElement[bool]:
    """That a row holds such mail back now, or has it looked at, whatever its topic is."""
    pairs = [
        pair
        for pair in product(Reason, Severity)
        if action(Hold(*pair), asked, "", changes) is not Action.ALLOW
    ]
    ends = or_(Exclusion.until.is_(None), Exclusion.until > now)
    concerns: ColumnElement[bool] = tuple_(Exclusion.reason, Exclusion.severity).in_(pairs)
    if asked is CampaignClass.COLLECTIONS:
        charged = Exclusion.about.in_(sorted(ABOUT_A_CHARGE))
        concerns = and_(concerns, or_(Exclusion.reason != Reason.OPEN_CASE, charged))
    return and_(Exclusion.lifted_at.is_(None), Exclusion.starts_at <= now, ends, concerns)


def _count(session: Session, held: ColumnElement[bool]) -> Counts:
    people = func.count(Exclusion.contact_id.distinct())
    by_group = select(GROUP, people).where(held).group_by(GROUP)
    by_reason = select(Exclusion.reason, people).where(held).group_by(Exclusion.reason)
    return Counts(
        session.scalar(select(people).where(held)) or 0,
        {Group(name): number for name, number in session.execute(by_group)},
        {Reason(name): number for name, number in session.execute(by_reason)},
    )


counter = Counter()
