"""Open cases that nobody touched for long: their owner is asked, since marketing waits for them."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.db import hold
from cases.exclusions.settings import settings
from cases.history import Event, What

AT_ONCE, LOCK = 200, "quiet"


def ask(session: Session, now: datetime) -> int:
    """Ask the owners of quiet cases, again after as long a time; how many cases there were."""
    # Whoever waited for a case would not see that its owner was asked meanwhile.
    hold(session, LOCK)
    since = now - settings().truce_quiet_case
    lately = select(Event.id).where(Event.case_id == Case.id, Event.at > since)
    on_the_desk = or_(Case.snoozed_until.is_(None), Case.snoozed_until <= now)
    cases = session.scalars(
        select(Case)
        .where(Case.state != State.CLOSED, Case.last_at <= since, ~Case.bulk, on_the_desk)
        .where(Case.assignee_id.is_not(None), ~lately.exists())
        .order_by(Case.last_at)
        .limit(AT_ONCE)
        # Where somebody is at work right now it is not quiet.
        .with_for_update(skip_locked=True)
    ).all()
    for case in cases:
        case.happened(What.QUIET, by="truce", at=now)
    return len(cases)
