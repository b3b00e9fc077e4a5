"""Campaigns that one person stands in the audience of: what may still come, and what was held."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions import audience
from cases.exclusions.gates import Campaign, Gate, GateHeld, GateShelf, Status

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
    found = _asked(session, under_way & or_(planned, Gate.lease_until > now), values)
    return list(dict.fromkeys(one.campaign for one in found if one.held_for is None))


def asked_about(session: Session, values: Collection[str], since: datetime) -> list[Asked]:
    """All campaigns since then whose audience held one of those addresses, the newest first."""
    return _asked(session, Gate.status.in_(_ASKED) & (Gate.asked_at > since), values)


def _asked(session: Session, which: ColumnElement[bool], values: Collection[str]) -> list[Asked]:
    """In two statements, however many campaigns there are."""
    theirs = _with_one_of(session, which, values)
    held = _held_for(session, theirs, values) if theirs else {}
    return [
        Asked(
            campaign.name or campaign.external_id,
            _when(gate, campaign),
            held.get(gate.id),
            gate.status,
        )
        for gate, campaign in theirs.values()
    ]


def _when(gate: Gate, campaign: Campaign) -> datetime:
    return campaign.scheduled_at or gate.committed_at or gate.asked_at or gate.created_at


def _with_one_of(
    session: Session, which: ColumnElement[bool], values: Collection[str]
) -> dict[str, tuple[Gate, Campaign]]:
    """Those of the newest gates whose audience holds one of them, by short hashes."""
    marks = [audience.short(value) for value in values]
    newest = select(Gate.id).join(Campaign, Campaign.id == Gate.campaign_id).correlate(None)
    newest = newest.where(which, Gate.kind == Kind.ADDRESS)
    rows = session.execute(
        select(Gate, Campaign, GateShelf.hashes)
        .join(Campaign, Campaign.id == Gate.campaign_id)
        .join(GateShelf, GateShelf.gate_id == Gate.id)
        .where(Gate.id.in_(newest.order_by(Gate.created_at.desc()).limit(MOST_GATES)))
        .where(GateShelf.shelf.in_({mark[0] for mark in marks}))
        .order_by(Gate.created_at.desc())
    )
    return {
        gate.id: (gate, campaign)
        for gate, campaign, hashes in rows
        if any(audience.is_on(hashes, mark) for mark in marks)
    }


def _held_for(
    session: Session, gate_ids: Collection[str], values: Collection[str]
) -> dict[str, str]:
    """Why they were held, by gate; those who were allowed have none."""
    rows = session.execute(
        select(GateHeld.gate_id, GateHeld.content).where(GateHeld.gate_id.in_(gate_ids))
    )
    found = {}
    for gate_id, content in rows:
        said = filter(None, (audience.held_for(content, value) for value in values))
        if (held := next(said, None)) is not None:
            found[gate_id] = str(held[3] or held[2] or held[0])
    return found
