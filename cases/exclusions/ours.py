"""What people of ours and bots wrote or said weighs too: on the person, at all their identifiers.

It is reckoned anew from the messages of each person, so that doing it twice changes nothing; and
where messages, cases or names of somebody changed, as `reweighing` noticed.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.case import Case
from cases.db import Base, reading, transaction
from cases.exclusions import reweighing, touches
from cases.exclusions.facts import identifiers
from cases.exclusions.policies import in_force
from cases.exclusions.reweighing import Name
from cases.exclusions.touches import Pressure
from cases.mail import Origin
from cases.message import Direction, Message
from cases.pressure import LOOK_BACK, WEIGHTS, Load, added
from cases.rows.among import among

AT_ONCE = 5000
STEPS = 20
"""So many at once, and one look does not keep others waiting for a store of years."""
OVERLAP = 200
"""A slow transaction makes an older number seen later, so some are looked at again."""
TALK = "interaction:"
"""How the rule of a message begins that is a note of a talk."""


class WeighedUpTo(Base):
    """Up to which message what we wrote was weighed; one row."""

    __tablename__ = "weighed_up_to"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(default=0)


def weigh(now: datetime) -> int:
    """Weigh what was written or changed since the last look, in short transactions; of how many."""
    people: set[int] = set()
    for _step in range(STEPS):
        with reading() as session:
            anew = reweighing.waiting(session)
        if not anew:
            break
        with transaction() as session:
            people |= _anew(session, now)
    for _step in range(STEPS):
        with reading() as session:
            last, newest = _last(session), session.scalar(select(func.max(Message.id))) or 0
        if newest == last:
            break
        # Where the newest went, SQLite gives their numbers again.
        last = min(newest, last)
        upto = min(newest, last + AT_ONCE)
        with transaction() as session:
            people |= _weigh(session, last, upto, now)
    return len(people)


def _last(session: Session) -> int:
    return session.scalar(select(WeighedUpTo.message_id)) or 0


def _anew(session: Session, now: datetime) -> set[int]:
    mark(session)
    return weigh_anew(session, reweighing.take(session, touches.AT_ONCE), now)


def weigh_anew(session: Session, names: Collection[Name], now: datetime) -> set[int]:
    """Have what we wrote weigh on those names as it does now; who the people are.

    Needs the mark.
    """
    owners = reweighing.owners(session, names)
    _relieve(session, set(names) - owners.keys())
    people = set(owners.values())
    press(session, people, now)
    return people


def _weigh(session: Session, last: int, upto: int, now: datetime) -> set[int]:
    mark(session).message_id = upto
    written = Message.id.between(last - OVERLAP, upto), *_of_ours(now)
    people = session.scalars(select(Case.contact_id).join(Message).where(*written).distinct()).all()
    for n in range(0, len(people), touches.AT_ONCE):
        press(session, people[n : n + touches.AT_ONCE], now)
    return set(people)


def mark(session: Session) -> WeighedUpTo:
    """How far we are; whoever has it is the only one who weighs."""
    mark = session.get(WeighedUpTo, 1, with_for_update=True)
    if mark is None:
        mark = WeighedUpTo(id=1, message_id=0)
        session.add(mark)
        session.flush()
    return mark


def _of_ours(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.direction == Direction.OUT,
        Message.origin.in_((Origin.AGENT, Origin.BOT)),
        Message.withdrawn_at.is_(None),
        Message.arrived_at > now - LOOK_BACK,
    )


def press(session: Session, contact_ids: Collection[int], now: datetime) -> None:
    """Have what we wrote to those people weigh on all of their identifiers, and nothing else."""
    loads = _loads(session, contact_ids, now)
    found = {
        (one.kind, one.value): loads.get(contact_id)
        for contact_id, theirs in identifiers(session, contact_ids).items()
        for one in theirs
    }
    heavy = sorted((name, load) for name, load in found.items() if load is not None)
    if heavy:
        touches.make(session, [name for name, _load in heavy])
        rows = [
            {"kind": kind, "value": value, "ours": load.score, "ours_at": load.at}
            for (kind, value), load in heavy
        ]
        session.execute(update(Pressure), rows)
    _relieve(session, [name for name, load in found.items() if load is None])


def _relieve(session: Session, names: Collection[Name]) -> None:
    """Nothing that we wrote weighs on those."""
    for kind in sorted({kind for kind, _value in names}):
        values = [value for one, value in names if one is kind]
        burdened = Pressure.kind == kind, among(Pressure.value, values), Pressure.ours > 0
        session.execute(update(Pressure).where(*burdened).values(ours=0.0, ours_at=None))


def _loads(session: Session, contact_ids: Collection[int], now: datetime) -> dict[int, Load]:
    half_life = in_force(session).chosen.pressure_half_life
    columns = Case.contact_id, Message.arrived_at, Message.origin, Message.rule
    rows = session.execute(
        select(*columns).join(Message).where(among(Case.contact_id, contact_ids), *_of_ours(now))
    )
    loads: dict[int, Load] = defaultdict(Load)
    for contact_id, at, origin, rule in rows:
        said = "talk" if rule.startswith(TALK) else origin.value
        loads[contact_id] = added(loads[contact_id], WEIGHTS[said], at, half_life)
    return loads
