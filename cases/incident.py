"""One trouble that many cases share: the late lorry, the outage. Linked by rule or by hand."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, event, or_, select, text
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column, relationship

from cases import clock
from cases.case import Case, State
from cases.db import Base
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import Set, exclude, withdraw
from cases.message import Message
from cases.order import CaseOrder
from cases.rows.among import among
from cases.rows.upserting import insert_into
from classifiers.taxonomy import taxonomy

LOOK_BACK = timedelta(days=14)
MOST = 5000
"""Cases of one incident."""
_RUNNING = text("ended_at IS NULL")


class AlreadyOver(Exception):
    """The incident has ended, so nothing is added to it."""


class NoRule(ValueError):
    """A rule needs a type, words or orders: without any it would take every case."""


class Incident(Base):
    """One trouble. The rule says which cases are about it: all that is set must fit."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_running", "id", postgresql_where=_RUNNING, sqlite_where=_RUNNING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    type: Mapped[str] = mapped_column(default="")
    words: Mapped[list[str]] = mapped_column(default=list)
    """One of them stands in the subject or the beginning of the mail."""
    orders: Mapped[list[Any]] = mapped_column(default=list)
    """The orders on the lorry."""
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))
    since: Mapped[datetime]
    truce: Mapped[bool] = mapped_column(default=True)
    """Marketing to all concerned waits until it is over."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")

    @property
    def has_rule(self) -> bool:
        """Cases come to it by themselves; without a rule they are only put in by hand."""
        return bool(self.type or self.words or self.orders)

    @property
    def origin(self) -> str:
        """Who sets its exclusions, so that they are taken back with it and no others are."""
        return f"incident:{self.id}"


class IncidentCase(Base):
    """A case is about the incident, or was taken out again by hand."""

    __tablename__ = "incident_case"
    __table_args__ = (UniqueConstraint("incident_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    by: Mapped[str]
    """"rule", or the agent who put it there."""
    at: Mapped[datetime]
    out_at: Mapped[datetime | None]
    """Taken out by an agent: the rule does not put it back."""
    case: Mapped[Case] = relationship()


class IncidentUpdate(Base):
    """What is told to all concerned, in both languages. `key` makes a repeated click one update."""

    __tablename__ = "incident_update"
    __table_args__ = (UniqueConstraint("incident_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    key: Mapped[str]
    texts: Mapped[dict[str, Any]]
    """Language -> what is said."""
    by: Mapped[str]
    at: Mapped[datetime]
    told: Mapped[int] = mapped_column(default=0)
    untold: Mapped[int] = mapped_column(default=0)


def begin(session: Session, incident: Incident) -> Incident:
    """From now on; the cases that fit its rule are linked at once, and those that come later."""
    if not incident.has_rule:
        raise NoRule("say a type, words or orders")
    session.add(incident)
    session.flush()
    link(session, incident, matching(session, incident), by="rule", at=incident.opened_at)
    return incident


def begin_by_hand(session: Session, incident: Incident) -> Incident:
    """From now on, without a rule and without a case: somebody puts in those they chose."""
    session.add(incident)
    session.flush()
    return incident


def matching(session: Session, incident: Incident) -> list[int]:
    """The cases that its rule fits."""
    found = _fitting(incident).order_by(Case.id).limit(MOST)
    return list(session.scalars(found))


def _fitting(incident: Incident) -> Any:
    wanted = select(Case.id).where(
        Case.merged_into_id.is_(None), Case.bulk.is_(False), Case.last_at >= incident.since
    )
    still = or_(Case.state != State.CLOSED, Case.closed_at >= incident.since)
    wanted = wanted.where(still)
    if incident.type:
        # A branch of the taxonomy stands for all its leaves, a leaf for those merged into it.
        below = Case.type.startswith(f"{incident.type}.", autoescape=True)
        wanted = wanted.where(or_(Case.type.in_(_standing_for(incident.type)), below))
    if incident.mailbox_id is not None:
        wanted = wanted.where(Case.mailbox_id == incident.mailbox_id)
    if incident.words:
        wanted = wanted.where(or_(*(_says(word) for word in incident.words)))
    if incident.orders:
        named = select(CaseOrder.case_id).where(CaseOrder.order_id.in_(incident.orders))
        wanted = wanted.where(Case.id.in_(named))
    return wanted


def _standing_for(code: str) -> tuple[str, ...]:
    tree = taxonomy()
    return tree.standing_for(tree.today(code))


def _says(word: str) -> Any:
    # SQLite knows no capitals beyond ASCII, so the usual spellings are asked for.
    spellings = {word, word.lower(), word.upper(), word.title()}
    places = (Case.subject, Case.snippet)
    return or_(*(one.icontains(each, autoescape=True) for one in places for each in spellings))


def link(
    session: Session, incident: Incident, case_ids: Iterable[int], *, by: str, at: datetime
) -> int:
    """Those cases are about it; how many are new. What an agent took out the rule leaves out."""
    ids = sorted(set(case_ids))
    if not ids:
        return 0
    if not _goes_on(session, incident):
        raise AlreadyOver(f"incident {incident.id} is over")
    rows = [{"incident_id": incident.id, "case_id": one, "by": by, "at": at} for one in ids]
    new: list[int] = []
    for n in range(0, len(rows), 500):
        added = insert_into(session, IncidentCase).values(rows[n : n + 500])
        missing = added.on_conflict_do_nothing().returning(IncidentCase.case_id)
        new += session.scalars(missing).all()
    if by != "rule":
        new += _back(session, incident, ids)
    if incident.truce and new:
        _hold(session, incident, new, at)
    return len(new)


def _goes_on(session: Session, incident: Incident) -> bool:
    """Whether it is under way, and stays so until this transaction ends: else nobody would free
    those who are held now."""
    ended = select(Incident.ended_at).where(Incident.id == incident.id)
    return session.scalar(ended.with_for_update(read=True, key_share=True)) is None


def _back(session: Session, incident: Incident, case_ids: Sequence[int]) -> list[int]:
    """What was taken out by hand comes back by hand."""
    out = select(IncidentCase).where(
        IncidentCase.incident_id == incident.id,
        among(IncidentCase.case_id, case_ids),
        IncidentCase.out_at.is_not(None),
    )
    rows = session.scalars(out).all()
    for row in rows:
        row.out_at = None
    session.flush()
    return [row.case_id for row in rows]


def _hold(session: Session, incident: Incident, case_ids: Sequence[int], at: datetime) -> None:
    """Marketing to whom it concerns waits; somebody with two cases is held once."""
    held = set(_held(session, incident))
    for contact_id in _contacts(session, case_ids):
        if contact_id not in held:
            wish = Set(Reason.CONTACT_WAVE, evidence=incident.origin, note=incident.title)
            exclude(session, contact_id, wish, by=incident.origin, at=at)


def _contacts(session: Session, case_ids: Sequence[int]) -> list[int]:
    wanted = select(Case.contact_id).where(among(Case.id, case_ids))
    return sorted(set(session.scalars(wanted)))


def _held(session: Session, incident: Incident) -> list[int]:
    from_it = select(Exclusion.contact_id).where(
        Exclusion.origin == incident.origin, Exclusion.lifted_at.is_(None)
    )
    return sorted(set(session.scalars(from_it)))


def unlink(session: Session, incident: Incident, case_id: int, *, at: datetime) -> None:
    """The case is about something else after all."""
    wanted = select(IncidentCase).where(
        IncidentCase.incident_id == incident.id, IncidentCase.case_id == case_id
    )
    row = session.scalars(wanted.with_for_update()).one_or_none()
    if row is None or row.out_at is not None:
        return
    row.out_at = at
    session.flush()
    whose = session.get_one(Case, case_id).contact_id
    if not concerns(session, incident, Case.contact_id == whose):
        withdraw(session, whose, (Reason.CONTACT_WAVE,), by=incident.origin, at=at)


def running(session: Session) -> Sequence[Incident]:
    """Those that are not over, the newest first."""
    query = select(Incident).where(Incident.ended_at.is_(None)).order_by(Incident.id.desc())
    return session.scalars(query).all()


def concerns(session: Session, incident: Incident, *which: ColumnElement[bool]) -> bool:
    """Whether a case, such a one if that is said, is about it."""
    linked = (IncidentCase.incident_id == incident.id) & IncidentCase.out_at.is_(None)
    query = select(Case.id).join(IncidentCase, IncidentCase.case_id == Case.id)
    return session.scalar(query.where(linked, *which).limit(1)) is not None


def cases_of(session: Session, incident: Incident) -> list[int]:
    """The cases that are about it."""
    return list(
        session.scalars(
            select(IncidentCase.case_id)
            .where(IncidentCase.incident_id == incident.id, IncidentCase.out_at.is_(None))
            .order_by(IncidentCase.case_id)
        )
    )


def end(session: Session, incident: Incident, *, by: str, at: datetime) -> None:
    """It is over: marketing may go on, as far as this was the reason. Raises AlreadyOver."""
    session.refresh(incident, with_for_update=True)
    if incident.ended_at is not None:
        raise AlreadyOver(f"incident {incident.id} is over")
    incident.ended_at, incident.ended_by = at, by
    for contact_id in _held(session, incident):
        withdraw(session, contact_id, (Reason.CONTACT_WAVE,), by=incident.origin, at=at)


@event.listens_for(Session, "before_flush")
def _notice(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A case may come to fit a rule when somebody writes in it, and when it is typed."""
    for one in (*session.new, *session.dirty):
        if isinstance(one, Message | Case):
            session.info.setdefault("maybe_incidents", set()).add(one)


def look_at(session: Session, case_ids: Collection[int]) -> None:
    """Have cases looked at that were changed without an object of the session."""
    session.info.setdefault("maybe_incident_ids", set()).update(case_ids)


def recognise(session: Session) -> None:
    """Called at the end of every transaction: what changed is held against running incidents."""
    changed = session.info.pop("maybe_incidents", set())
    ids: set[int] = session.info.pop("maybe_incident_ids", set())
    ids |= {one.id if isinstance(one, Case) else one.case_id for one in changed}
    if not ids:
        return
    for incident in running(session):
        if not incident.has_rule:
            continue
        fitting = _fitting(incident).where(among(Case.id, ids))
        # It may end at this very moment.
        with suppress(AlreadyOver):
            link(session, incident, session.scalars(fitting).all(), by="rule", at=clock.now())
