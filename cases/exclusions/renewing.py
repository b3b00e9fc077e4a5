"""After a policy changed: the exclusions of all whom its times concern are written anew."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.db import reading, transaction
from cases.exclusions import feed
from cases.exclusions.changes import renew
from cases.exclusions.facts import LOOK_BACK
from cases.exclusions.policies import current, keep
from cases.exclusions.reasons import RULES
from cases.exclusions.rows import Exclusion

AT_ONCE = 500
_DERIVED = tuple(reason for reason, rule in RULES.items() if rule.derived)


def follow_policy(now: datetime) -> int:
    """Renew everybody if a version of the policy was not applied yet; how many were looked at."""
    with reading() as session:
        content = current(session)
    version = content.get("version", 0)
    if content.get("applied", 0) >= version:
        return 0
    looked, last = 0, 0
    while ids := _next(last, now):
        with transaction() as session:
            feed.lock(session)
            renew(session, ids, now)
        looked, last = looked + len(ids), ids[-1]
    with transaction() as session:
        feed.lock(session)
        keep(session, current(session) | {"applied": version})
    return looked


def _next(last: int, now: datetime) -> Sequence[int]:
    with reading() as session:
        return concerned(session, now, last, AT_ONCE)


def concerned(session: Session, now: datetime, last: int, at_most: int) -> Sequence[int]:
    """The next people whose exclusions may follow from the times of the policy."""
    held = select(Exclusion.contact_id.label("id")).where(
        Exclusion.lifted_at.is_(None), Exclusion.reason.in_(_DERIVED)
    )
    recent = (Case.state != State.CLOSED) | (Case.closed_at > now - LOOK_BACK)
    everybody = union(held, select(Case.contact_id.label("id")).where(recent)).subquery()
    wanted = select(everybody.c.id).where(everybody.c.id > last).order_by(everybody.c.id)
    return session.scalars(wanted.limit(at_most)).all()
