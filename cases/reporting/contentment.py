"""How content customers were, where marketing kept quiet and where it did not."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.reporting.scope import Scope
from cases.satisfaction import Satisfaction


def steps(session: Session, scope: Scope) -> dict[bool, Counter[int]]:
    """How often each step was said in the span, by whether marketing kept quiet meanwhile."""
    rows = session.execute(
        select(Satisfaction.held, Satisfaction.step, func.count())
        .join(Case, Case.id == Satisfaction.case_id)
        .where(scope.covers(Satisfaction.said_at))
        .group_by(Satisfaction.held, Satisfaction.step)
    )
    found: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for held, step, number in rows:
        found[bool(held)][step] = number
    return found
