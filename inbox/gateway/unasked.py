"""Marketing that went around the gate: seen in a mailbox, to somebody held, without proof."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions import feed
from cases.exclusions.asking import held, judge
from cases.exclusions.gates import Campaign, Gate
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.policies import in_force
from cases.exclusions.receipts import Receipt
from cases.exclusions.spellings import Match, spellings
from cases.mail import Origin
from cases.message import Message
from inbox.gateway import journal
from inbox.gateway.passing import Marketing, read
from inbox.gateway.settings import settings
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
    of = _spelled(session, mail)
    names = list(dict.fromkeys(chain(*of.values())))
    changes = in_force(session).changes
    found = {
        name
        for name, holds in held(session, Kind.ADDRESS, names)
        if not judge(holds, mail.question, at, changes).allowed
    }
    return [value for value, ones in of.items() if found.intersection(ones)]


def _spelled(session: Session, mail: Marketing) -> Mapping[str, Sequence[str]]:
    """Whom each of them is taken for: by nobody more strictly than they chose themselves."""
    if _match(session, mail) is Match.EXACT:
        return {value: [value] for value in mail.people}
    return spellings.of(session, feed.head_or_start(session), mail.people)


def _match(session: Session, mail: Marketing) -> Match:
    """As the list was matched that the mail names; else as the gate in the path would do it."""
    of_receipt = select(Receipt.gate_id).where(Receipt.jti == mail.receipt)
    of_campaign = select(Campaign.id).where(Campaign.external_id == mail.campaign)
    for is_named, said in (
        (mail.receipt, Gate.id.in_(of_receipt)),
        (mail.campaign, Gate.campaign_id.in_(of_campaign)),
    ):
        newest = select(Gate.match).where(said).order_by(Gate.created_at.desc()).limit(1)
        if is_named and (match := session.scalar(newest)) is not None:
            return match
    return settings().gate_match


def _is_good(session: Session, jti: str, at: datetime) -> bool:
    """Whether that receipt was given out before, and its lease lasted when the mail came."""
    row = session.get(Receipt, jti) if jti else None
    # A mail is on its way for a while after it was sent within the lease.
    return row is not None and row.issued_at <= at <= row.expires_at + timedelta(hours=1)
