"""Important customers of one campaign: somebody looks at them, and lets them have it or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Kind
from cases.db import Base
from cases.exclusions import audience
from cases.exclusions.deciding import Decision
from cases.exclusions.gates import Campaign, Gate, Status
from cases.exclusions.matrix import Action


class NoNote(Exception):
    """Who decides about an important customer says why."""


class Approval(Base):
    """The word about one person and one campaign."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[Kind]
    value: Mapped[str]
    granted: Mapped[bool]
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whom a campaign leaves out until their name was looked at."""

    campaign: Campaign
    kind: Kind
    value: str
    reason: str
    word: Approval | None


def honour(session: Session, campaign_id: int, kind: Kind, decision: Decision) -> Decision:
    """The decision with those let through who were approved; nobody else is."""
    if not any(verdict.action is Action.REVIEW for verdict in decision.held.values()):
        return decision
    granted = select(Approval.value).where(
        Approval.campaign_id == campaign_id, Approval.kind == kind, Approval.granted
    )
    free = set(session.scalars(granted))
    held = {
        value: verdict
        for value, verdict in decision.held.items()
        if not (verdict.action is Action.REVIEW and value in free)
    }
    return replace(decision, held=held)


def decide(
    session: Session, waiting: Waiting, *, granted: bool, note: str, by: str, at: datetime
) -> Approval:
    """Let that person have the campaign, or not; a later word replaces it. Raises NoNote."""
    if not note.strip():
        raise NoNote("say why")
    row = waiting.word
    if row is None:
        row = Approval(campaign_id=waiting.campaign.id, kind=waiting.kind, value=waiting.value)
        session.add(row)
    row.granted, row.note, row.by, row.at = granted, note.strip()[:500], by, at
    session.flush()
    return row


def waiting(session: Session, since: datetime, at_most: int) -> list[Waiting]:
    """Who of the newest gates of each campaign waits for a word, or has it."""
    rows = session.execute(
        select(Gate, Campaign)
        .join(Campaign, Campaign.id == Gate.campaign_id)
        .where(Gate.created_at > since, Gate.status == Status.SEALED)
        .order_by(Gate.created_at.desc())
        .limit(50)
    ).all()
    newest: dict[int, tuple[Gate, Campaign]] = {}
    for gate, campaign in rows:
        newest.setdefault(campaign.id, (gate, campaign))
    words = _words(session, list(newest))
    found = [
        Waiting(campaign, gate.kind, value, str(reason), words.get((campaign.id, value)))
        for gate, campaign in newest.values()
        if gate.excluded.get("approval")
        for value, (action, _until, _group, reason) in _held(session, gate)
        if action == Action.REVIEW
    ]
    waits = {(one.campaign.id, one.value) for one in found}
    decided = [
        Waiting(newest[campaign_id][1], word.kind, value, "", word)
        for (campaign_id, value), word in words.items()
        if (campaign_id, value) not in waits
    ]
    return [*found, *decided][:at_most]


def _held(session: Session, gate: Gate) -> Sequence[tuple[str, list[str]]]:
    return list(audience.held_back(session, gate.id).held.items())


def _words(session: Session, campaigns: Sequence[int]) -> dict[tuple[int, str], Approval]:
    rows = session.scalars(select(Approval).where(Approval.campaign_id.in_(campaigns)))
    return {(row.campaign_id, row.value): row for row in rows}
