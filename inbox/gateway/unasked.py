"""Marketing that went around the gate: seen in a mailbox, to somebody held, without proof."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Kind, normalised
from cases.exclusions.asking import Question, held, judge
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.policies import in_force
from cases.exclusions.receipts import Receipt
from cases.mail import Origin
from cases.message import Message
from inbox.gateway import journal
from inbox.gateway.passing import Marketing, read
from inbox.sighting import Finding, Sighting
from inbox.spool import content_of

log = logging.getLogger(__name__)
AT_ONCE = 200
LOOK_BACK = timedelta(days=2)


def look(session: Session, now: datetime) -> list[Sighting]:
    """Judge the marketing that came since the last look; gives what went around the gate."""
    seen = select(Sighting.message_id)
    messages = session.scalars(
        select(Message)
        .where(Message.origin == Origin.MARKETING, Message.arrived_at > now - LOOK_BACK)
        # True of all that came in; by it the index of what arrived will do.
        .where(Message.withdrawn_at.is_(None))
        .where(Message.id.not_in(seen))
        .order_by(Message.id)
        .limit(AT_ONCE)
    ).all()
    sightings = [_judge(session, message) for message in messages]
    session.add_all(sightings)
    found = [one for one in sightings if one.finding is Finding.UNASKED]
    for one in found:
        log.warning("%s wrote to %s people on truce without asking", one.sender, len(one.held))
    return found


def _judge(session: Session, message: Message) -> Sighting:
    content = content_of(session, message.raw_id) if message.raw_id is not None else None
    mail = read(message.sender, message.to, content or b"", CampaignClass.PROMOTIONAL)
    on_truce = _on_truce(session, mail, message.arrived_at)
    asked = _is_good(session, mail.receipt, message.arrived_at)
    if not asked:
        # With a receipt it is the sender who reports what was sent.
        journal.weigh(session, message, mail)
    finding = Finding.UNASKED if on_truce else Finding.HARMLESS
    return Sighting(
        message_id=message.id,
        at=message.arrived_at,
        sender=message.sender,
        jti=mail.receipt,
        finding=Finding.ASKED if asked else finding,
        held=on_truce,
    )


def _on_truce(session: Session, mail: Marketing, at: datetime) -> list[str]:
    question = Question(mail.campaign_class, mail.topic)
    values = [normalised(one) for one in mail.recipients]
    changes = in_force(session).changes
    return [
        value
        for value, holds in held(session, Kind.ADDRESS, values)
        if not judge(holds, question, at, changes).allowed
    ]


def _is_good(session: Session, jti: str, at: datetime) -> bool:
    """Whether that receipt was given out before, and its lease lasted when the mail came."""
    row = session.get(Receipt, jti) if jti else None
    # A mail is on its way for a while after it was sent within the lease.
    return row is not None and row.issued_at <= at <= row.expires_at + timedelta(hours=1)
