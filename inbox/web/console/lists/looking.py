"""What is known of a list: the looks at it, who was held, and what changed between two."""

import json

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.db import transaction
from cases.exclusions import audience
from inbox.web.console.lists import keeping
from inbox.web.console.lists.rows import AudienceList, ListCheck, State


def settle(list_id: int, state: State, **values: object) -> None:
    """Say what became of the list; nobody works on it any longer."""
    with transaction() as session:
        row = update(AudienceList).where(AudienceList.id == list_id)
        session.execute(row.values(state=state, leased_until=None, **values))


def newest_check(session: Session, list_id: int) -> ListCheck | None:
    """The newest look at that list."""
    checks = select(ListCheck).where(ListCheck.list_id == list_id)
    return session.scalars(checks.order_by(ListCheck.id.desc()).limit(1)).first()


def difference(check: ListCheck) -> dict[str, list[str]]:
    """Who must be taken out and who is free again since the list was first cut."""
    if not check.difference:
        return {"out": [], "back": []}
    found: dict[str, list[str]] = json.loads(
        keeping.unseal(check.difference, check.list_id, f"difference:{check.gate_id}")
    )
    return found


def held_in(session: Session, check: ListCheck) -> audience.Held:
    """Who on the list is held back, as of that look."""
    return audience.held_back(session, check.gate_id).held
