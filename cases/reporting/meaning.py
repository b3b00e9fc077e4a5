"""What people wrote about, how they felt, and how it ended."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.correcting.correction import Correction, Field
from cases.outcome import Outcome
from cases.reporting.rows import taken
from cases.reporting.scope import Day, Scope
from cases.reporting.sums import Family, Kind, Only, Tally, by_day, of_both, together

MOODS = ("negative", "neutral", "positive")


def types(session: Session, scope: Scope) -> tuple[Counter[str], Counter[str]]:
    """Cases opened in the span and in the one before, by leaf; "" for what is not tagged yet."""
    now, before = of_both(session, scope, MATTERS)
    return together(now.values())["type"], together(before.values())["type"]


def moods(session: Session, scope: Scope) -> dict[date, dict[str, int]]:
    """Cases opened in the span, by local day and mood; untagged ones are left out."""
    days = by_day(session, scope, MATTERS).items()
    return {
        day: {mood: sums["mood"].get(mood, 0) for mood in MOODS}
        for day, sums in days
        if sums.get("mood")
    }


def _matters(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    columns, where = (Case.mailbox_id, Case.type, Case.sentiment), (Case.bulk.is_(False), *only)
    cases = taken(session, days, Case.opened_at, *columns, where=where).c
    for n, mailbox_id, leaf, mood, number in session.execute(_counts(cases)):
        tally.add(n, mailbox_id, "type", leaf, number)
        if mood in MOODS:
            tally.add(n, mailbox_id, "mood", mood, number)


def _counts(columns: Any) -> Select[Any]:
    return select(*columns, func.count()).group_by(*columns)


MATTERS = Kind("matters", Family.OPENED, _matters)


def outcomes(session: Session, scope: Scope) -> dict[Outcome | None, int]:
    """Cases closed in the span, by what the agent said became of them; None where nobody did."""
    found = together(by_day(session, scope, OUTCOMES).values())["outcome"]
    return {Outcome(name) if name else None: number for name, number in found.items()}


def _outcomes(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    columns, where = (Case.mailbox_id, Case.outcome), (Case.bulk.is_(False), *only)
    cases = taken(session, days, Case.closed_at, *columns, where=where).c
    for n, mailbox_id, outcome, number in session.execute(_counts(cases)):
        tally.add(n, mailbox_id, "outcome", outcome or "", number)


OUTCOMES = Kind("outcomes", Family.CLOSED, _outcomes)


def corrected(session: Session, scope: Scope) -> dict[Field, int]:
    """How often agents said that the classifier was wrong, by what was corrected."""
    rows = session.execute(
        select(Correction.field, func.count(Correction.case_id.distinct()))
        .join(Case, Case.id == Correction.case_id)
        .where(scope.opened(), Correction.undone_at.is_(None))
        .group_by(Correction.field)
    ).all()
    return {row[0]: row[1] for row in rows}
