"""The policy in force: the shipped matrix and times, and what an admin decided otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import audit
from cases.db import Base
from cases.exclusions import ceilings, feed
from cases.exclusions.ceilings import Ceiling
from cases.exclusions.matrix import Action, CampaignClass, Changes, may_become, policy
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import FeedHead
from cases.exclusions.settings import Settings, settings

# What can be set on the page: hours for times, a number for the rest.
TIMES = (
    *("truce_after_closing", "truce_after_good_closing", "truce_after_bad_closing"),
    *("truce_after_breach", "truce_after_claim", "truce_after_bad_mood", "truce_after_contacts"),
    *("truce_after_talk", "truce_provisional", "truce_forgotten_case"),
)
PRESSURE_TIMES = ("pressure_half_life", "pressure_gap")
NUMBERS = ("pressure_cap",)
SWITCHES = ("pressure_enforced",)
PRESSURE = (*PRESSURE_TIMES, *NUMBERS, *SWITCHES)
LONGEST_HOURS = 24 * 365
MOST_COMPARED = 500
Content = dict[str, Any]


class NotAllowed(Exception):
    """That cell, or that time, cannot be changed to this."""


class PolicyVersion(Base):
    """One version of the policy: what was in force from then on, and why."""

    __tablename__ = "truce_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    what: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The change itself; empty where all was set back to what was shipped."""
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides now."""

    chosen: Settings
    changes: Changes = field(default_factory=dict)
    version: int = 0
    pressure: Content = field(default_factory=dict)
    """What an admin decided about pressure; empty where nothing was."""

    @property
    def digest(self) -> str:
        """What receipts name it by."""
        if not self.pressure:
            return policy(self.changes)
        meant = [one.meaning() for one in self.ceilings]
        return policy(self.changes, {**self.pressure, ceilings.KEY: meant})

    @property
    def ceilings(self) -> tuple[Ceiling, ...]:
        """The limits of topics and seasons."""
        return ceilings.read(self.pressure)


def in_force(session: Session) -> Policy:
    """The policy that this session reads under; looked up once in a session."""
    if "truce_policy" not in session.info:
        session.info["truce_policy"] = session.scalar(select(FeedHead.policy))
    return meant(session.info["truce_policy"])


def content() -> ScalarSelect[Content | None]:
    """What is in force, to be asked with others in one go."""
    return select(FeedHead.policy).scalar_subquery()


def meant(said: Content | None) -> Policy:
    """The policy of what is in force; as shipped, where nobody decided otherwise."""
    return of(said) if said else Policy(settings())


def of(content: Mapping[str, Any]) -> Policy:
    """The policy that such a content means."""
    chosen = dict(content.get("terms", {}))
    spans = {name: timedelta(hours=chosen.pop(name)) for name in [*chosen] if _is_time(name)}
    if content.get("many"):
        spans["repeated_contacts"] = max(content["many"], settings().repeated_contacts)
    changes = {
        (CampaignClass(one), Reason(reason)): Action(does)
        for one, row in content.get("matrix", {}).items()
        for reason, does in row.items()
    }
    merged = settings().model_copy(update={**chosen, **spans}) if chosen or spans else settings()
    return Policy(merged, changes, int(content.get("version", 0)), _of_pressure(content))


def _of_pressure(content: Mapping[str, Any]) -> Content:
    terms = content.get("terms", {})
    said = {name: terms[name] for name in PRESSURE if name in terms}
    limits = content.get(ceilings.KEY, ())
    return said | {ceilings.KEY: limits} if limits else said


def _is_time(name: str) -> bool:
    return name in TIMES or name in PRESSURE_TIMES


def current(session: Session) -> Content:
    """What an admin decided so far, as it is kept."""
    return session.scalar(select(FeedHead.policy)) or {}


def to_change(session: Session) -> Content:
    """The same for whoever is about to decide: nobody else decides until their transaction ends."""
    feed.lock(session)
    return current(session)


def with_cell(content: Content, one: CampaignClass, reason: Reason, does: Action) -> Content:
    """The content with that cell changed; the shipped answer leaves nothing behind."""
    allowed = may_become(one, reason)
    if does not in allowed:
        raise NotAllowed(f"{reason} cannot become {does} for {one}")
    matrix = {name: dict(row) for name, row in content.get("matrix", {}).items()}
    row = matrix.setdefault(one.value, {})
    row.pop(reason.value, None)
    if does is not allowed[0]:
        row[reason.value] = does.value
    return content | {"matrix": {name: row for name, row in matrix.items() if row}}


def with_term(content: Content, name: str, value: float) -> Content:
    """The content with that time (in hours), number or switch changed."""
    if _is_time(name):
        fits = 0 <= value <= LONGEST_HOURS and (name != "pressure_half_life" or value > 0)
    else:
        fits = 0 < value <= 1000 if name in NUMBERS else name in SWITCHES
    if not fits:
        raise NotAllowed(f"{name} cannot be {value}")
    said = bool(value) if name in SWITCHES else value
    return content | {"terms": content.get("terms", {}) | {name: said}}


def adopt(
    session: Session, content: Content, *, what: Content, by: str, why: str, at: datetime
) -> int:
    """Put that content in force, and keep who decided it; the number of the version."""
    feed.lock(session)
    before = current(session)
    row = PolicyVersion(at=at, by=by, why=why[:500], what=what, content=content)
    session.add(row)
    session.flush()
    keep(session, content | {"version": row.id, "applied": before.get("applied", 0)})
    if content.get("matrix", {}) != before.get("matrix", {}):
        # Who follows the feed has applied the old matrix to it and must begin anew.
        feed.renew_epoch(session)
    audit.note(
        session, by=by, what="matrix.adopted", about=f"version {row.id}", why=row.why, **what
    )
    return row.id


def reset(session: Session, *, by: str, why: str, at: datetime) -> int:
    """As it was shipped and configured, again; limits of topics and seasons have their own end."""
    kept = ("many", ceilings.KEY)
    rest = {name: value for name, value in current(session).items() if name in kept}
    return adopt(session, rest, what={}, by=by, why=why, at=at)


def named(session: Session, digest: str) -> PolicyVersion | None:
    """The newest version of the policy that receipts name so; None where none was decided."""
    newest = select(PolicyVersion).order_by(PolicyVersion.id.desc()).limit(MOST_COMPARED)
    for row in session.scalars(newest):
        meant = of(row.content)
        # Receipts of before named the matrix alone, even where pressure was decided otherwise.
        if digest in (meant.digest, policy(meant.changes)):
            return row
    return None


def keep(session: Session, content: Content) -> None:
    """Write what is in force; needs the lock of the feed."""
    session.execute(update(FeedHead).values(policy=content))
    session.info["truce_policy"] = content
