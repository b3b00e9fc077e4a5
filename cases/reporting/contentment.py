"""How content customers were, where marketing kept quiet and where it did not."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.reporting.scope import Scope
from cases.satisfaction import Satisfaction

Steps = dict[bool, Counter[int]]
"""How often each step was said, by whether marketing kept quiet meanwhile."""


def steps(session: Session, scope: Scope) -> tuple[Steps, Steps]:
    """What was said in the span, and in the one before."""
    is_new = Satisfaction.said_at >= scope.since
    rows = session.execute(
        select(is_new, Satisfaction.held, Satisfaction.step, func.count())
        .join(Case, Case.id == Satisfaction.case_id)
        .where(scope.of_either(Satisfaction.said_at), *scope.only)
        .group_by(is_new, Satisfaction.held, Satisfaction.step)
    )
    now, before = _nothing(), _nothing()
    for new, held, step, number in rows:
        (now if new else before)[bool(held)][step] = number
    return now, before


def _nothing() -> Steps:
    return {True: Counter(), False: Counter()}
