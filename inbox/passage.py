"""What became of each recipient of the mail of marketing that came to a gate."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.exclusions.matrix import CampaignClass
from cases.rows.among import among
from cases.rows.upserting import insert_into

KEPT = timedelta(days=90)
AT_ONCE = 5000


class Outcome(StrEnum):
    """What became of one recipient."""

    PASSED = "passed"
    DROPPED = "dropped"
    """Held back: the sender was told 250, and that is all that went out."""
    PARKED = "parked"
    EXPIRED = "expired"
    """Parked until it was too late to matter."""
    REFUSED = "refused"
    """The relay never takes it."""


class Passage(Base):
    """What became of one recipient of one mail, in the end."""

    __tablename__ = "gate_passage"
    __table_args__ = (UniqueConstraint("trip", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    trip: Mapped[str | None]
    """Which mail it was: one that comes again since its sender had no answer is the same."""
    sender: Mapped[str]
    value: Mapped[str] = mapped_column(index=True)
    campaign: Mapped[str] = mapped_column(default="")
    campaign_class: Mapped[CampaignClass]
    outcome: Mapped[Outcome]
    reason: Mapped[str] = mapped_column(default="")


@dataclass
class Passed:
    """What became of the recipients of one campaign."""

    campaign: str
    campaign_class: CampaignClass
    last_at: datetime
    people: dict[Outcome, int] = field(default_factory=dict)


def write_down(session: Session, rows: Sequence[Mapping[str, Any]], *, known_stay: bool) -> None:
    """Keep what became of them: one row for each recipient of a mail, which says the newest."""
    new = insert_into(session, Passage)
    names = [Passage.trip, Passage.value]
    said = {one: new.excluded[one] for one in ("at", "outcome", "reason")}
    if known_stay:
        session.execute(new.on_conflict_do_nothing(index_elements=names), rows)
    else:
        session.execute(new.on_conflict_do_update(index_elements=names, set_=said), rows)


def by_campaign(session: Session, since: datetime, at_most: int) -> list[Passed]:
    """What went through since then, the newest campaigns first."""
    one = Passage.campaign, Passage.campaign_class
    newest = func.max(Passage.at)
    rows = session.execute(
        select(*one, Passage.outcome, func.count(), newest)
        .where(Passage.at >= since)
        .group_by(*one, Passage.outcome)
        .order_by(newest.desc())
    )
    found: dict[tuple[str, CampaignClass], Passed] = {}
    for campaign, campaign_class, outcome, people, at in rows:
        new = Passed(campaign, campaign_class, at)
        found.setdefault((campaign, campaign_class), new).people[outcome] = people
    return list(found.values())[:at_most]


def forget(session: Session, values: Collection[str]) -> None:
    """Nothing is kept of those people."""
    session.execute(delete(Passage).where(among(Passage.value, values)))


def prune(session: Session, now: datetime) -> None:
    """Forget what is older than anybody asks for."""
    old = select(Passage.id).where(Passage.at < now - KEPT).order_by(Passage.at).limit(AT_ONCE)
    session.execute(delete(Passage).where(Passage.id.in_(old)))
