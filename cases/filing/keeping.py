"""A mail becomes a message of its case: what is kept of it, and why it is there."""

from sqlalchemy.orm import Session

from cases.case import Case
from cases.filing.arrival import Arrival
from cases.filing.ids import kept
from cases.filing.rules import Match
from cases.mail import Attachment, Mail, Origin
from cases.message import Direction, Message

SNIPPET = 160
_SHOWN = 300


def as_message(
    session: Session, arrival: Arrival, case: Case, match: Match | None, rule: str = ""
) -> Message:
    mail = arrival.mail
    message = Message(
        case=case,
        raw_id=arrival.raw_id,
        direction=Direction.OUT if mail.origin in (Origin.AGENT, Origin.OWN) else Direction.IN,
        origin=mail.origin,
        origin_rule=mail.speaker.rule,
        rfc_id=kept(mail.message_id),
        sender=mail.sender.address,
        sender_name=mail.sender.name,
        to=[one.address for one in mail.to[:200]],
        cc=[one.address for one in mail.cc[:200]],
        reply_to=_reply_to(mail),
        subject=mail.subject,
        text=mail.text,
        new_text=mail.new_text,
        has_html=bool(mail.html),
        attachments=[_as_row(file) for file in mail.attachments],
        sent_at=mail.sent_at,
        arrived_at=arrival.at,
        rule=rule or (match.rule if match else ""),
        matched=match.matched[:_SHOWN] if match else "",
        trust=mail.trust,
        defects=list(mail.defects),
        to_tag=mail.origin is Origin.CUSTOMER and not arrival.history,
    )
    session.add(message)
    return message


def _reply_to(mail: Mail) -> str:
    """Where answers are asked to go, above all if it is not where the mail comes from."""
    asked = [one.address for one in mail.reply_to[:50]]
    return next((one for one in asked if one != mail.sender.address), next(iter(asked), ""))


def _as_row(file: Attachment) -> dict[str, object]:
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "part": file.part,
        "content_id": file.content_id,
        "inline": file.inline,
    }


def snippet_of(mail: Mail) -> str:
    return " ".join((mail.own_words or mail.text)[: 4 * SNIPPET].split())[:SNIPPET]
