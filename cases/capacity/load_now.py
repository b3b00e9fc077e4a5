"""The load of this minute with what a mailing would add, and the word of a supervisor over it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import sla
from cases.capacity.load import ADVISES_ONLY, Inputs, Judgement, Slot, Verdict, judge
from cases.capacity.load_facts import gather, slots
from cases.capacity.load_plan import Wave, waves_of
from cases.capacity.load_rate import contact_rate
from cases.db import Base
from cases.exclusions.gates import Going
from cases.exclusions.matrix import FAILS_CLOSED, CampaignClass
from cases.hours import Calendar

LONGEST_OVERRIDE = timedelta(hours=24)


class NoReason(Exception):
    """Who sends against the advice says why."""


class LoadOverride(Base):
    """A supervisor lets mailings go although the load says otherwise."""

    __tablename__ = "load_override"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    why: Mapped[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The mailing that somebody thinks of."""

    audience: int = 0
    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is advised, from which numbers, and who decided otherwise."""

    inputs: Inputs
    judgement: Judgement
    slots: tuple[Slot, ...]
    calendar: Calendar = field(repr=False)
    """When somebody is there to answer."""
    override: LoadOverride | None = None

    @property
    def refusal(self) -> Going | None:
        """What a gate answers because of the load; in the first month it only advises."""
        if self.override is not None or self.inputs.data_for < ADVISES_ONLY:
            return None
        if self.judgement.verdict is Verdict.NO_GO:
            return Going.NO_GO
        return Going.WAVES if self.judgement.verdict is Verdict.WAVES else None

    def waves(self, now: datetime) -> tuple[Wave, ...]:
        """The plan, where it is to go in waves."""
        per_hour, start = self.judgement.max_per_hour, self.judgement.not_before or now
        if self.judgement.verdict is not Verdict.WAVES or not per_hour:
            return ()
        return waves_of(self.inputs.audience, per_hour, min(start, now), self.calendar.is_open)

    def as_claims(self) -> dict[str, Any]:
        """The load as a receipt says it."""
        told: dict[str, Any] = {"verdict": self.judgement.verdict.value}
        if self.inputs.capacity > 0:
            told["utilisation"] = round(self.judgement.rho, 2)
        if self.override is not None:
            told["overridden_by"] = self.override.by
        return told

    def as_conditions(self) -> dict[str, Any]:
        """What the sender has to keep to."""
        if self.refusal is not Going.WAVES:
            return {}
        later = self.judgement.not_before
        return {
            "max_per_hour": self.judgement.max_per_hour,
            "not_before": later.isoformat() if later is not None else None,
        }


def ask(session: Session, asked: Asked, now: datetime) -> Answer:
    """Whether the agents can bear that mailing now."""
    known, coming, calendar = _of_this_minute(session, now)
    rate = contact_rate(session, asked.campaign_class, now)
    inputs = replace(known, audience=asked.audience, contact_rate=rate, degraded=asked.degraded)
    later = tuple(
        Slot(one.starts_at, replace(one.inputs, audience=asked.audience, contact_rate=rate))
        for one in coming
    )
    return Answer(inputs, judge(inputs, later), later, calendar, override(session, now))


def for_gate(session: Session, asked: Asked, now: datetime) -> Answer | None:
    """The same for mail that may have to wait; service mail never does."""
    return ask(session, asked, now) if asked.campaign_class in FAILS_CLOSED else None


Known = tuple[Inputs, list[Slot], Calendar]
_known: tuple[tuple[str, datetime], Known] | None = None


def _of_this_minute(session: Session, now: datetime) -> Known:
    # A campaign asks for every batch of its mails; backlog and forecast do not move that fast.
    global _known
    key = f"{session.get_bind().engine.url}", now.replace(second=0, microsecond=0)
    if _known is None or _known[0] != key:
        calendar = sla.calendar(session, now)
        _known = key, (gather(session, calendar, now), slots(session, calendar, now), calendar)
    return _known[1]


def override(session: Session, now: datetime) -> LoadOverride | None:
    """The word of a supervisor that holds now."""
    living = select(LoadOverride).where(LoadOverride.until > now, LoadOverride.at <= now)
    return session.scalars(living.order_by(LoadOverride.id.desc()).limit(1)).first()


def decide_otherwise(
    session: Session, *, by: str, why: str, hours: int, at: datetime
) -> LoadOverride:
    """Let mailings go for some hours whatever the load; raises NoReason."""
    if not why.strip():
        raise NoReason("say why")
    lasts = min(timedelta(hours=max(hours, 1)), LONGEST_OVERRIDE)
    row = LoadOverride(at=at, until=at + lasts, by=by, why=why.strip()[:500])
    session.add(row)
    session.flush()
    return row
