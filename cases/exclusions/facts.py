"""What is known of contacts, read afresh from the database: what the exclusions follow from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.contact import Identifier, Kind
from cases.mail import Origin, Trust
from cases.message import Direction, Message
from cases.rows.among import among

# Further back nothing that a mail says changes an exclusion; of a flood the newest are enough.
LOOK_BACK = timedelta(days=45)
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One message, as far as exclusions follow from it."""

    id: int
    case_id: int
    at: datetime
    direction: Direction
    origin: Origin
    trust: Trust
    quarantined: bool
    withdrawn: bool
    by: str
    labels: dict[str, Any]

    @property
    def from_customer(self) -> bool:
        return self.direction is Direction.IN and self.origin is Origin.CUSTOMER


@dataclass(frozen=True, slots=True)
class Matter:
    """One case, as far as exclusions follow from it."""

    id: int
    open: bool
    bulk: bool
    merged: bool
    opened_at: datetime
    closed_at: datetime | None
    last_at: datetime
    due_at: datetime | None
    breached_at: datetime | None
    type: str
    complaint: bool | None
    acted: bool
    """A person of ours has taken it up: assigned, answered or tagged it."""
    said: tuple[Said, ...] = ()
    satisfaction: int | None = None
    """What the customer said of it when asked, from 1 to 5."""


@dataclass(frozen=True, slots=True)
class Address:
    """One identifier, as far as exclusions follow from it."""

    id: int
    kind: Kind
    value: str
    bounced_at: datetime | None
    drip_answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One contact."""

    contact_id: int
    matters: tuple[Matter, ...] = ()
    addresses: tuple[Address, ...] = ()


def gather(session: Session, contact_ids: Collection[int], now: datetime) -> list[Facts]:
    """The facts of those contacts, whatever this session thinks it knows of them."""
    matters = _matters(session, contact_ids, now)
    addresses = identifiers(session, contact_ids)
    return [
        Facts(one, tuple(matters.get(one, ())), tuple(addresses.get(one, ())))
        for one in sorted(contact_ids)
    ]


def identifiers(session: Session, contact_ids: Iterable[int]) -> dict[int, list[Address]]:
    """All addresses, phones and customer numbers of those contacts."""
    found: dict[int, list[Address]] = defaultdict(list)
    rows = session.execute(
        select(
            Identifier.contact_id,
            Identifier.id,
            Identifier.kind,
            Identifier.value,
            Identifier.bounced_at,
            Identifier.drip_answered_at,
        )
        .where(among(Identifier.contact_id, contact_ids))
        .order_by(Identifier.id)
    )
    for contact_id, id_, kind, value, bounced_at, drip_answered_at in rows:
        found[contact_id].append(Address(id_, kind, value, bounced_at, drip_answered_at))
    return found


def _matters(
    session: Session, contact_ids: Collection[int], now: datetime
) -> dict[int, list[Matter]]:
    said = _said(session, contact_ids, now)
    found: dict[int, list[Matter]] = defaultdict(list)
    recent = (Case.state != State.CLOSED) | (Case.closed_at > now - LOOK_BACK)
    columns = (
        *(Case.contact_id, Case.id, Case.state, Case.bulk, Case.merged_into_id),
        *(Case.opened_at, Case.closed_at, Case.last_at, Case.due_at, Case.breached_at),
        *(Case.type, Case.complaint, Case.assignee_id, Case.answered_at, Case.type_by),
        Case.satisfaction,
    )
    for row in session.execute(
        select(*columns).where(among(Case.contact_id, contact_ids), recent).order_by(Case.id)
    ):
        found[row.contact_id].append(_matter(row, tuple(said.get(row.id, ()))))
    return found


def _matter(row: Any, said: tuple[Said, ...]) -> Matter:
    return Matter(
        id=row.id,
        open=row.state is not State.CLOSED,
        bulk=row.bulk,
        merged=row.merged_into_id is not None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        last_at=row.last_at,
        due_at=row.due_at,
        breached_at=row.breached_at,
        type=row.type,
        complaint=row.complaint,
        acted=bool(row.assignee_id or row.answered_at or row.type_by),
        said=said,
        satisfaction=row.satisfaction,
    )


def _said(session: Session, contact_ids: Collection[int], now: datetime) -> dict[int, list[Said]]:
    nth = func.row_number().over(partition_by=Case.contact_id, order_by=Message.arrived_at.desc())
    ranked = (
        select(
            *(Message.id, Message.case_id, Message.arrived_at, Message.direction, Message.origin),
            *(Message.trust, Message.quarantined, Message.withdrawn_at, Message.by),
            *(Message.labels, nth.label("nth")),
        )
        .join(Case, Case.id == Message.case_id)
        .where(among(Case.contact_id, contact_ids), Message.arrived_at > now - LOOK_BACK)
        .subquery()
    )
    found: dict[int, list[Said]] = defaultdict(list)
    for row in session.execute(
        select(ranked).where(ranked.c.nth <= NEWEST).order_by(ranked.c.arrived_at, ranked.c.id)
    ):
        found[row.case_id].append(_as_said(row))
    return found


def _as_said(row: Any) -> Said:
    return Said(
        id=row.id,
        case_id=row.case_id,
        at=row.arrived_at,
        direction=row.direction,
        origin=row.origin,
        trust=row.trust,
        quarantined=row.quarantined,
        withdrawn=row.withdrawn_at is not None,
        by=row.by,
        labels=row.labels or {},
    )
