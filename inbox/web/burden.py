"""What lies on a customer: how much mail they had of late, and how often they had to write."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from cases.case import Case
from cases.contact import Contact
from cases.exclusions.policies import in_force
from cases.exclusions.touches import Pressure
from cases.mail import Origin
from cases.message import Direction, Message
from cases.pressure import faded

LATELY, LONGER = timedelta(days=14), timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Burden:
    """The pressure beside its cap, and the mails they wrote beside the number that holds."""

    score: float
    cap: float
    half_life: timedelta
    lately: int
    longer: int
    many: int
    """So many contacts in a row, and marketing waits for that alone."""


def of(session: Session, contact: Contact, now: datetime) -> Burden:
    """In two statements, however much was written."""
    chosen = in_force(session).chosen
    known = [(one.kind, one.value) for one in contact.identifiers]
    rows = session.execute(
        select(Pressure.score, Pressure.at).where(tuple_(Pressure.kind, Pressure.value).in_(known))
    )
    lately, longer = _written(session, contact, now)
    return Burden(
        sum(faded(score, now - at, chosen.pressure_half_life) for score, at in rows),
        chosen.pressure_cap,
        chosen.pressure_half_life,
        lately,
        longer,
        chosen.repeated_contacts,
    )


def _written(session: Session, contact: Contact, now: datetime) -> tuple[int, int]:
    """How many mails of theirs came in the last days, in whatever case."""
    theirs = (Case.contact_id == contact.id, Message.direction == Direction.IN)
    people = Message.origin == Origin.CUSTOMER
    lately = func.count().filter(Message.arrived_at >= now - LATELY)
    query = select(lately, func.count()).select_from(Message).join(Case, Case.id == Message.case_id)
    found = session.execute(query.where(*theirs, people, Message.arrived_at >= now - LONGER)).one()
    return int(found[0]), int(found[1])
