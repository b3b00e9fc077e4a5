"""What lies on a customer: how much mail they had of late, and how often they had to write."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Subquery, func, select, tuple_
from sqlalchemy.orm import Session

from cases.case import Case
from cases.contact import Contact
from cases.exclusions import policies, pressing
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
    """In one statement, however much was written."""
    known = [(one.kind, one.value) for one in contact.identifiers]
    written = _written(contact, now)
    found = session.execute(
        select(
            *(written.c.lately, written.c.longer, Pressure.score, Pressure.at),
            *(Pressure.ours, Pressure.ours_at),
            policies.content().label("policy"),
        )
        .select_from(written)
        .outerjoin(Pressure, tuple_(Pressure.kind, Pressure.value).in_(known))
    ).all()
    policy = policies.meant(found[0].policy)
    chosen = policy.chosen
    half_life = chosen.pressure_half_life
    marketing = (faded(row[2], now - row[3], half_life) for row in found if row[3])
    # What we wrote to the person stands beside each of their identifiers, and counts once.
    ours = (faded(row[4], now - row[5], half_life) for row in found if row[5])
    return Burden(
        sum(marketing) + max(ours, default=0.0),
        pressing.limits_of_all(policy, now).at(now).cap,
        half_life,
        int(found[0][0]),
        int(found[0][1]),
        chosen.repeated_contacts,
    )


def _written(contact: Contact, now: datetime) -> Subquery:
    """How many mails of theirs came in the last days, in whatever case."""
    theirs = (Case.contact_id == contact.id, Message.direction == Direction.IN)
    lately = func.count().filter(Message.arrived_at >= now - LATELY).label("lately")
    query = select(lately, func.count().label("longer")).select_from(Message)
    query = query.join(Case, Case.id == Message.case_id).where(*theirs)
    since = Message.arrived_at >= now - LONGER
    return query.where(Message.origin == Origin.CUSTOMER, since).subquery()
