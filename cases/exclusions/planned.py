"""Which campaign has precedence: the weightier ones of the next days count as sent already."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.exclusions import audience
from cases.exclusions.gates import Campaign, Gate, Status
from cases.exclusions.pressing import Planned
from cases.pressure import Coming

AHEAD = timedelta(days=7)
MOST = 20
"""Campaigns that are looked at; whoever plans more within a week has another trouble."""


def others(session: Session, campaign: Campaign, now: datetime) -> Planned | None:
    """Looks up for whom weightier campaigns are planned; None where there are none.

    Whom a campaign is for is known once its audience went through a gate.
    """
    rows = session.execute(
        select(Campaign.id, Campaign.weight, Campaign.topic, Gate.id)
        .join(Gate, Gate.campaign_id == Campaign.id)
        .where(Campaign.id != campaign.id, Campaign.weight > campaign.weight)
        .where(Campaign.scheduled_at > now, Campaign.scheduled_at <= now + AHEAD)
        .where(Gate.status == Status.SEALED)
        .order_by(Gate.created_at)
        .limit(MOST)
    )
    # Of several gates of one campaign the newest is the one it will be sent with.
    gates = {id_: (gate_id, Coming(weight, topic)) for id_, weight, topic, gate_id in rows}
    if not gates:
        return None

    def look(session: Session, values: Sequence[str]) -> dict[str, list[Coming]]:
        found: dict[str, list[Coming]] = defaultdict(list)
        for gate_id, coming in gates.values():
            for value in audience.among(session, gate_id, values):
                found[value].append(coming)
        return found

    return look
