"""Gathers what is known of the people an answer goes to, for the precautions."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answers import Answer, Mode
from bot.answers.precautions import Situation
from bot.outbox import OutgoingMail, State
from cases.case import Case, Participant
from cases.contact import Identifier, Kind, normalised
from cases.exclusions import pending
from cases.mail import Origin
from cases.mailbox import Mailbox
from cases.message import Direction, Message

AHEAD = timedelta(hours=24)


def situation(session: Session, case: Case, answer: Answer, now: datetime) -> Situation:
    """All that the precautions look at, in a handful of statements."""
    addresses = _addresses(session, case, answer)
    return Situation(
        text=answer.text,
        files=len(answer.files),
        forwarding=answer.mode is Mode.FORWARD,
        bots=tuple(_bots(session, case, addresses, now)),
        campaigns=tuple(pending.coming_to(session, addresses, now)),
        bounced=tuple(_bounced(session, addresses)),
        answers_from=case.mailbox.address if case.mailbox else "",
        written_to=tuple(_written_to(session, case)) if case.mailbox else (),
    )


def _addresses(session: Session, case: Case, answer: Answer) -> list[str]:
    named = [normalised(one) for one in (*answer.to, *answer.cc, *answer.bcc)]
    if named:
        return named
    customer = select(Participant.address).where(Participant.case_id == case.id)
    return list(session.scalars(customer.order_by(Participant.id).limit(1)))


def _bots(session: Session, case: Case, addresses: Collection[str], now: datetime) -> Sequence[str]:
    """In other cases: what waits in this one is not said any more once a person speaks."""
    waiting = select(OutgoingMail.template).where(
        OutgoingMail.recipient.in_(addresses),
        OutgoingMail.automatic,
        OutgoingMail.state.in_((State.PENDING, State.DEFERRED)),
        OutgoingMail.due_at <= now + AHEAD,
        OutgoingMail.case_id != case.id,
    )
    return session.scalars(waiting.order_by(OutgoingMail.due_at).limit(5)).all()


def _bounced(session: Session, addresses: Collection[str]) -> Sequence[str]:
    dead = select(Identifier.value).where(
        Identifier.kind == Kind.ADDRESS,
        Identifier.value.in_(addresses),
        Identifier.bounced_at.is_not(None),
    )
    return session.scalars(dead).all()


def _written_to(session: Session, case: Case) -> list[str]:
    """The mailboxes of ours that the customer's newest mail names."""
    newest = session.execute(
        select(Message.to, Message.cc)
        .where(
            Message.case_id == case.id,
            Message.direction == Direction.IN,
            Message.origin == Origin.CUSTOMER,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    named = {normalised(one) for one in (*newest[0], *newest[1])} if newest else set()
    if not named:
        return []
    return list(session.scalars(select(Mailbox.address).where(Mailbox.address.in_(named))))
