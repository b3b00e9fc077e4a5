"""The whole answer for many: what the feed says, and whether they have had enough mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions.asking import Question, Verdict, look
from cases.exclusions.matrix import MATRIX, Action
from cases.exclusions.policies import in_force
from cases.exclusions.pressing import Planned, is_enforced, nobody_is_pressed, pressed
from cases.exclusions.reasons import Reason
from cases.exclusions.spans import Span

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is held, and who would be if pressure were enforced already."""

    held: dict[str, Verdict] = field(default_factory=dict)
    pressed: tuple[str, ...] = ()
    """For whom it is too much, held for it or not."""
    soon: list[str] = field(default_factory=list)
    """Free now, but held later if nothing happens until then: a promise to them is due."""

    @property
    def too_much(self) -> int:
        """For how many it is too much mail."""
        return len(self.pressed)


def decide(
    session: Session,
    kind: Kind,
    values: Sequence[str],
    question: Question,
    now: datetime,
    *,
    weight: float | None = None,
    planned: Planned | None = None,
    reports: bool = False,
) -> Decision:
    """What becomes of those people now; who is not in it may be written to.

    For whom it is too much although that holds nobody yet is looked up only for a report.
    """
    held, soon = look(session, kind, values, question, now)
    policy, cell = in_force(session), (question.campaign_class, Reason.PRESSURE_CAP)
    shipped = Reason.PRESSURE_CAP in MATRIX[question.campaign_class]
    presses = policy.changes[cell] is not Action.ALLOW if cell in policy.changes else shipped
    presses = presses and (reports or policy.chosen.pressure_enforced)
    if not presses or nobody_is_pressed(session, planned):
        return Decision(held, (), soon)
    free = [value for value in values if value not in held]
    heavy = pressed(session, kind, free, question, weight, now, planned)
    if not heavy or not is_enforced(session, now):
        return Decision(held, tuple(heavy), soon)
    return Decision(
        held | {value: _pressed(until) for value, until in heavy.items()}, tuple(heavy), soon
    )


def _pressed(until: datetime) -> Verdict:
    span = Span(Action.EXCLUDE, _LONG_AGO, until, Reason.PRESSURE_CAP)
    return Verdict(Action.EXCLUDE, until, span)
