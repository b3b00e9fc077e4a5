"""After the half-life of pressure changed: all sums that are kept are reckoned anew, by steps.

A sum can only be kept with one half-life, so that of before is known, and how far the work is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Kind
from cases.db import Base, reading, transaction
from cases.exclusions import ours, touches
from cases.exclusions.policies import in_force
from cases.exclusions.reweighing import Name
from cases.exclusions.touches import AT_ONCE, Pressure

STEPS = 20
"""So many at once, and one look does not keep mail waiting that leaves by the same worker."""


class Refading(Base):
    """With which half-life the sums are kept, and how far they are reckoned anew; one row."""

    __tablename__ = "refading"

    id: Mapped[int] = mapped_column(primary_key=True)
    half_life_s: Mapped[int]
    kind: Mapped[Kind | None]
    value: Mapped[str] = mapped_column(default="")
    """The last who was reckoned anew, while others wait."""
    done: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    """How many there were to begin with."""
    ended_at: Mapped[datetime | None]
    """None while it goes on."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    done: int
    people: int


def underway(session: Session) -> Progress | None:
    """How many sums are reckoned anew, of how many; None if all are as they should be."""
    row = session.get(Refading, 1)
    if row is None:
        return None
    if row.half_life_s != _wanted(session):
        return Progress(0, _all(session))
    return Progress(min(row.done, row.people), row.people) if row.ended_at is None else None


def moved(session: Session, since: datetime) -> bool:
    """Whether sums were reckoned anew after that instant, or still are."""
    late = or_(Refading.ended_at.is_(None), Refading.ended_at > since)
    return session.scalar(select(Refading.id).where(late)) is not None


def follow(now: datetime) -> int:
    """Reckon the next ones anew, in short transactions, if the half-life changed; how many."""
    with reading() as session:
        row = session.get(Refading, 1)
        if row is not None and row.ended_at and row.half_life_s == _wanted(session):
            return 0
    looked = 0
    for _step in range(STEPS):
        names = _step_on(now)
        looked += len(names)
        if len(names) < AT_ONCE:
            break
    return looked


def _step_on(now: datetime) -> Sequence[Name]:
    """Two transactions: a person has other names too, and rows are locked in one order only."""
    with transaction() as session:
        begun = _begun(session)
        half_life_s, rows = begun.half_life_s, _next(session, begun)
        touches.fade_anew(session, rows, now)
        names = [(one.kind, one.value) for one in rows]
    with transaction() as session:
        ours.mark(session)
        ours.weigh_anew(session, set(names), now)
        row = _begun(session)
        if row.half_life_s == half_life_s:
            _move_on(row, names, now)
    return names


def _move_on(row: Refading, names: Sequence[Name], now: datetime) -> None:
    row.done += len(names)
    row.kind, row.value = names[-1] if len(names) == AT_ONCE else (None, "")
    row.ended_at = now if row.kind is None else None


def _begun(session: Session) -> Refading:
    """The row, at its beginning if the half-life changed again."""
    wanted, row = _wanted(session), session.get(Refading, 1, with_for_update=True)
    if row is None:
        row = Refading(id=1, half_life_s=0, done=0)
        session.add(row)
    if row.half_life_s != wanted:
        row.half_life_s, row.kind, row.value = wanted, None, ""
        row.done, row.people, row.ended_at = 0, _all(session), None
    return row


def _wanted(session: Session) -> int:
    return int(in_force(session).chosen.pressure_half_life.total_seconds())


def _all(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Pressure)) or 0


def _next(session: Session, row: Refading) -> Sequence[Pressure]:
    names = tuple_(Pressure.kind, Pressure.value)
    query = select(Pressure).order_by(Pressure.kind, Pressure.value).limit(AT_ONCE)
    if row.kind is not None:
        query = query.where(names > tuple_(row.kind, row.value))
    return session.scalars(query.with_for_update()).all()
