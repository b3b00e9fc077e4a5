"""What people wrote about, and how they felt."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.correction import Correction, Field
from cases.outcome import Outcome
from cases.reporting.scope import Scope, hour_of, local_hour

MOODS = ("negative", "neutral", "positive")


def types(session: Session, scope: Scope) -> dict[str, int]:
    """Cases opened in the span, by the leaf of the taxonomy; "" for what is not tagged yet."""
    rows = session.execute(
        select(Case.type, func.count()).where(scope.opened()).group_by(Case.type)
    ).all()
    return {row[0]: row[1] for row in rows}


def outcomes(session: Session, scope: Scope) -> dict[Outcome | None, int]:
    """Cases closed in the span, by what the agent said became of them; None where nobody did."""
    rows = session.execute(
        select(Case.outcome, func.count())
        .where(scope.covers(Case.closed_at), Case.bulk.is_(False))
        .group_by(Case.outcome)
    ).all()
    return {row[0]: row[1] for row in rows}


def moods(session: Session, scope: Scope) -> dict[str, dict[str, int]]:
    """Cases opened in the span, by local day and mood; untagged ones are left out."""
    hour = hour_of(session, Case.opened_at)
    rows = session.execute(
        select(hour, Case.sentiment, func.count())
        .where(scope.opened(), Case.sentiment.in_(MOODS))
        .group_by(hour, Case.sentiment)
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MOODS, 0))
    for said, mood, number in rows:
        found[local_hour(said, scope.zone).date().isoformat()][mood] += number
    return dict(found)


def corrected(session: Session, scope: Scope) -> dict[Field, int]:
    """How often agents said that the classifier was wrong, by what was corrected."""
    rows = session.execute(
        select(Correction.field, func.count(Correction.case_id.distinct()))
        .join(Case, Case.id == Correction.case_id)
        .where(scope.opened(), Correction.undone_at.is_(None))
        .group_by(Correction.field)
    ).all()
    return {row[0]: row[1] for row in rows}
