"""Campaigns that one person stands in the audience of: what may still come, and what was held."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions import audience
from cases.exclusions.gates import Campaign, Gate, GateShelf, Status

AHEAD = timedelta(hours=24)
MOST_GATES = 60
_ASKED = (Status.SEALED, Status.HONOURED, Status.UNASKED, Status.UNREPORTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A campaign that asked about the person, and what it was told."""

    campaign: str
    at: datetime
    held_for: str | None
    """The reason why they were not to get it; None if they were allowed."""
    status: Status


def coming_to(session: Session, values: Collection[str], now: datetime) -> list[str]:
    """The names of the campaigns that may reach one of those addresses within a day."""
    planned = Campaign.scheduled_at.between(now, now + AHEAD)
    under_way = Gate.status.in_((Status.SEALED, Status.OPEN)) & Gate.committed_at.is_(None)
    rows = _gates(session, under_way & or_(planned, Gate.lease_until > now))
    found = _asked(session, rows, values)
    return list(dict.fromkeys(one.campaign for one in found if one.held_for is None))


def asked_about(session: Session, values: Collection[str], since: datetime) -> list[Asked]:
    """All campaigns since then whose audience held one of those addresses, the newest first."""
    rows = _gates(session, Gate.status.in_(_ASKED) & (Gate.asked_at > since))
    return _asked(session, rows, values)


def _gates(session: Session, which: object) -> list[tuple[Gate, Campaign]]:
    found = session.execute(
        select(Gate, Campaign)
        .join(Campaign, Campaign.id == Gate.campaign_id)
        .where(which, Gate.kind == Kind.ADDRESS)  # type: ignore[arg-type]
        .order_by(Gate.created_at.desc())
        .limit(MOST_GATES)
    )
    return [(row[0], row[1]) for row in found]


def _asked(
    session: Session, rows: list[tuple[Gate, Campaign]], values: Collection[str]
) -> list[Asked]:
    theirs = _on_shelf(session, [gate.id for gate, _campaign in rows], values)
    return [
        Asked(campaign.name or campaign.external_id, _when(gate, campaign), held, gate.status)
        for gate, campaign in rows
        if gate.id in theirs
        for held in (_held_for(session, gate.id, values),)
    ]


def _when(gate: Gate, campaign: Campaign) -> datetime:
    return campaign.scheduled_at or gate.committed_at or gate.asked_at or gate.created_at


def _on_shelf(session: Session, gate_ids: list[str], values: Collection[str]) -> set[str]:
    """The gates whose audience holds one of them, by short hashes and in one statement."""
    marks = [audience.short(value) for value in values]
    if not marks or not gate_ids:
        return set()
    shelves = session.execute(
        select(GateShelf.gate_id, GateShelf.hashes).where(
            GateShelf.gate_id.in_(gate_ids), GateShelf.shelf.in_({mark[0] for mark in marks})
        )
    )
    return {gate for gate, hashes in shelves if any(audience.is_on(hashes, m) for m in marks)}


def _held_for(session: Session, gate_id: str, values: Collection[str]) -> str | None:
    held = audience.held_back(session, gate_id).held
    found = next((held[value] for value in values if value in held), None)
    return None if found is None else str(found[3] or found[2] or found[0])
