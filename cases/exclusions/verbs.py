"""What agents and programs do to exclusions: set one, lift one, confirm what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases import audit
from cases.agent import Agent, Role
from cases.case import Case
from cases.exclusions.changes import note_contact
from cases.exclusions.reasons import RULES, Lifter, Reason, Severity
from cases.exclusions.rows import Exclusion


class NotYours(Exception):
    """This exclusion can only be lifted by somebody else."""


class AlreadyLifted(Exception):
    """The exclusion was lifted before."""


class NeedsAnEnd(Exception):
    """An exclusion set by hand needs a date in the future on which it ends, and a note."""


class FollowsFromState(Exception):
    """This exclusion follows from cases and mails: it cannot be set by hand."""


@dataclass(frozen=True, slots=True)
class Set:
    """An exclusion somebody sets."""

    reason: Reason
    until: datetime | None = None
    note: str = ""
    topics: tuple[str, ...] = ()
    severity: Severity | None = None
    identifier_id: int | None = None
    evidence: str = ""


def exclude(session: Session, contact_id: int, wish: Set, *, by: str, at: datetime) -> Exclusion:
    """Hold marketing back from that person, until the date if there is one."""
    if RULES[wish.reason].derived:
        raise FollowsFromState(f"{wish.reason} follows from cases and mails")
    if wish.reason is Reason.MANUAL and (not wish.note or wish.until is None or wish.until <= at):
        raise NeedsAnEnd("say why, and until which day")
    row = Exclusion(
        contact_id=contact_id,
        identifier_id=wish.identifier_id,
        reason=wish.reason,
        severity=wish.severity or RULES[wish.reason].severity,
        topics=list(wish.topics),
        starts_at=at,
        until=wish.until,
        origin=by,
        evidence=wish.evidence,
        note=wish.note[:2000],
        created_at=at,
    )
    session.add(row)
    session.flush()
    note_contact(session, contact_id)
    return row


def lift(session: Session, exclusion_id: int, *, agent: Agent, why: str, at: datetime) -> None:
    """End an exclusion before its time; raises NotYours or AlreadyLifted."""
    row = _taken(session, exclusion_id)
    if not may_lift(session, row, agent):
        raise NotYours(f"{row.reason} is lifted by: {RULES[row.reason].lifter}")
    _end(session, row, by=agent.address, why=why, at=at)


def may_lift(session: Session, row: Exclusion, agent: Agent) -> bool:
    """Whether that agent may lift it."""
    lifter = RULES[row.reason].lifter
    if agent.role in (Role.MARKETING, Role.AUDITOR) or lifter is Lifter.NOBODY:
        return False
    if agent.role is Role.ADMIN or lifter is Lifter.AGENT:
        return True
    if lifter is Lifter.OWNER:
        return agent.role is Role.SUPERVISOR or _owns(session, row, agent)
    return lifter is Lifter.SUPERVISOR and agent.role is Role.SUPERVISOR


def _owns(session: Session, row: Exclusion, agent: Agent) -> bool:
    if row.origin == agent.address:
        return True
    case = session.get(Case, row.case_id) if row.case_id is not None else None
    return case is not None and case.assignee_id == agent.id


def confirm_opt_out(
    session: Session, exclusion_id: int, *, agent: Agent, topics: Sequence[str] = (), at: datetime
) -> Exclusion:
    """The person did mean it: what was heard becomes their refusal, of all or of some topics."""
    row = _taken(session, exclusion_id)
    reason = Reason.UNSUBSCRIBED_TOPIC if topics else Reason.UNSUBSCRIBED_ALL
    wish = Set(reason, topics=tuple(topics), note=f"heard in {row.evidence}", evidence=row.evidence)
    made = exclude(session, row.contact_id, wish, by=agent.address, at=at)
    _end(session, row, by=agent.address, why="confirmed", at=at)
    return made


def dismiss_opt_out(session: Session, exclusion_id: int, *, agent: Agent, at: datetime) -> None:
    """The person meant something else, such as an order: the same mail is not heard again."""
    lift(session, exclusion_id, agent=agent, why="not meant so", at=at)


def lift_wave(session: Session, *, since: datetime, agent: Agent, at: datetime) -> int:
    """Lift all provisional exclusions since then at once: somebody made the mails up."""
    rows = session.scalars(
        select(Exclusion)
        .where(Exclusion.heard_since(since), Exclusion.lifted_at.is_(None))
        .order_by(Exclusion.id)
        .with_for_update()
    ).all()
    for row in rows:
        lift(session, row.id, agent=agent, why="a wave of forged mails", at=at)
    return len(rows)


def withdraw(
    session: Session, contact_id: int, reasons: Sequence[Reason], *, by: str, at: datetime
) -> int:
    """A program takes back what it set itself; what others set stays. How many were lifted."""
    rows = session.scalars(
        select(Exclusion).where(
            Exclusion.contact_id == contact_id,
            Exclusion.reason.in_(reasons),
            Exclusion.origin == by,
            Exclusion.lifted_at.is_(None),
        )
    ).all()
    for row in rows:
        _end(session, row, by=by, why="taken back", at=at)
    return len(rows)


def _taken(session: Session, exclusion_id: int) -> Exclusion:
    row = session.get_one(Exclusion, exclusion_id, with_for_update=True, populate_existing=True)
    if row.lifted_at is not None:
        raise AlreadyLifted(f"exclusion {exclusion_id} was lifted before")
    return row


def _end(session: Session, row: Exclusion, *, by: str, why: str, at: datetime) -> None:
    row.lifted_at, row.lifted_by, row.lift_reason = at, by, why[:500]
    about = f"contact {row.contact_id}"
    audit.note(session, by=by, what="hold.lifted", about=about, reason=row.reason.value)
    session.flush()
    note_contact(session, row.contact_id)


def provisional_wave(session: Session, *, since: datetime) -> int:
    """How many were held provisionally since then: many at once are somebody's mischief."""
    found = select(func.count()).select_from(Exclusion).where(Exclusion.heard_since(since))
    return session.scalar(found) or 0
