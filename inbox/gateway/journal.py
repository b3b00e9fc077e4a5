"""Marketing that is seen in a mailbox and that no sender told us of weighs on people as well."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions import touches
from cases.exclusions.touches import JOURNAL, Touch
from cases.mail import Trust
from cases.message import Message
from cases.pressure import WEIGHTS
from cases.rows.among import among
from inbox.gateway.passing import Marketing

MOST = 100
"""Recipients of one mail who are looked at."""
ALIKE_WITHIN = timedelta(days=1)


def weigh(session: Session, message: Message, mail: Marketing) -> int:
    """Have it press on its recipients, unless a sender or the gate told of it; on how many."""
    if message.trust is Trust.FAIL or message.quarantined:
        return 0
    values = mail.people[:MOST]
    told = _told(session, message, mail, values)
    return touches.record(
        session, [_touch(message, mail, one) for one in values if "@" in one and one not in told]
    )


def _told(
    session: Session, message: Message, mail: Marketing, values: Sequence[str]
) -> frozenset[str]:
    """Of whom we know already that they got that mail."""
    at = message.arrived_at
    same = [Touch.source == "smtp-gate"]
    for column, said in (
        (Touch.message_id, message.rfc_id),
        (Touch.subject, message.subject[:500]),
        (Touch.campaign, mail.campaign),
    ):
        if said:
            same.append(column == said)
    theirs = Touch.kind == Kind.ADDRESS, among(Touch.value, values), or_(*same)
    alike = Touch.sent_at.between(at - ALIKE_WITHIN, at + ALIKE_WITHIN)
    return frozenset(session.scalars(select(Touch.value).where(*theirs, alike)))


def _touch(message: Message, mail: Marketing, value: str) -> dict[str, object]:
    return {
        "kind": Kind.ADDRESS,
        "value": value,
        "source": JOURNAL,
        "event_id": f"{message.id}:{value}"[:400],
        "campaign": mail.campaign,
        "campaign_class": mail.campaign_class.value,
        "topic": mail.topic,
        "weight": WEIGHTS[mail.campaign_class],
        "subject": message.subject[:500],
        "message_id": message.rfc_id,
        "sent_at": message.arrived_at,
    }
