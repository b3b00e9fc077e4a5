"""Which exclusions a case calls for: a pure function of its state."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.case import Case
from cases.exclusions.reasons import Reason, Severity

AFTER_BREACH = timedelta(days=7)
"""A broken promise keeps marketing quiet for a week after the case closed."""

# Leaves of the taxonomy whose open cases a campaign class may exempt.
SOFT_TYPES = frozenset({"info.question", "info.document"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """An exclusion that ought to be there."""

    reason: Reason
    severity: Severity
    starts_at: datetime
    until: datetime | None


def of_case(case: Case) -> tuple[Wanted, ...]:
    """The exclusions this case calls for now."""
    if case.bulk or case.merged_into_id is not None:
        return ()
    return (*_open_case(case), *_sla_breach(case))


def _open_case(case: Case) -> tuple[Wanted, ...]:
    if not case.is_open:
        return ()
    # What is not tagged yet counts as a complaint: the exclusion never waits for the tag.
    soft = case.complaint is False and case.type in SOFT_TYPES
    return (
        Wanted(Reason.OPEN_CASE, Severity.SOFT if soft else Severity.HARD, case.opened_at, None),
    )


def _sla_breach(case: Case) -> tuple[Wanted, ...]:
    """A broken promise, or one that will be broken at its due instant unless we answer."""
    starts_at = case.breached_at or case.due_at
    if starts_at is None:
        return ()
    until = case.closed_at + AFTER_BREACH if case.closed_at is not None else None
    return (Wanted(Reason.SLA_BREACH, Severity.HARD, starts_at, until),)
