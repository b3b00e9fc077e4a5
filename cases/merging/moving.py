"""Messages that are moved between cases: which a case has, and which of them wait for an answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.case import Case, Participant
from cases.history import Event, What
from cases.mail import Origin
from cases.message import Direction, Message


def messages_of(session: Session, case: Case) -> Sequence[Message]:
    session.flush()
    rows = select(Message).where(Message.case_id == case.id).order_by(Message.id)
    return session.scalars(rows).all()


def parties_of(session: Session, case: Case) -> Sequence[Participant]:
    rows = select(Participant).where(Participant.case_id == case.id).order_by(Participant.id)
    return session.scalars(rows).all()


def last_event(session: Session, case: Case, key: str) -> Event | None:
    """The newest event of the case that says what the key means."""
    found = session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.id.desc()))
    return next((event for event in found if key in event.data), None)


def asks(message: Message) -> bool:
    from_customer = message.direction is Direction.IN and message.origin is Origin.CUSTOMER
    return from_customer and not message.quarantined


def unanswered_since(
    session: Session, case: Case, answers: Iterable[datetime] = ()
) -> datetime | None:
    """When the customer's oldest mail came that no person answered, here or at those instants."""
    last = max((*answers, *_answers(session, case)), default=None)
    asked = (one.arrived_at for one in messages_of(session, case) if asks(one))
    return min((at for at in asked if last is None or at > last), default=None)


def _answers(session: Session, case: Case) -> list[datetime]:
    """When persons of ours answered, without what was taken back."""
    found: list[datetime] = []
    events = select(Event).where(Event.case_id == case.id).order_by(Event.id)
    for event in session.scalars(events):
        if event.what is What.ANSWERED:
            found.append(event.at)
        elif event.what is What.UNDONE and "undone" not in event.data and found:
            found.pop()
    return found
