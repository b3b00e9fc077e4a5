"""What the truce held back of the audiences that senders asked about."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.exclusions.gates import Gate
from cases.reporting.scope import Scope


@dataclass(slots=True)
class HeldBack:
    """Audiences that were answered for, how many people were in them, and who was held back why."""

    audiences: int = 0
    asked: int = 0
    groups: Counter[str] = field(default_factory=Counter)

    @property
    def held(self) -> int:
        return self.groups.total()


def held_back(session: Session, scope: Scope) -> tuple[HeldBack, HeldBack]:
    """In the span, and in the one before; whoever asks again about the same people, asked once."""
    rows = session.execute(
        select(
            Gate.sealed_at, Gate.campaign_id, Gate.audience_digest, Gate.audience_n, Gate.excluded
        )
        .where(scope.of_either(Gate.sealed_at))
        .order_by(Gate.sealed_at, Gate.id)
    )
    newest = {
        (row.sealed_at >= scope.since, row.campaign_id, row.audience_digest): row for row in rows
    }
    now, before = HeldBack(), HeldBack()
    for (is_new, _campaign, _audience), row in newest.items():
        found = now if is_new else before
        found.audiences += 1
        found.asked += row.audience_n
        found.groups.update(row.excluded)
    return now, before
