"""What the bot decided to say becomes a mail in the outbox."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import composing, wording
from bot.outbox import OutgoingMail, State
from bot.policy import Reply
from bot.situation import domain_of
from cases import signing
from cases.case import Case
from cases.contact import normalised
from cases.history import What
from cases.language import gettext as _
from cases.language import say_date, say_time, speaking
from cases.mail import Address, Origin
from cases.message import Direction, KnownId, Message
from cases.settings import settings


class CannotSay(Exception):
    """The reply cannot be written; the mail it would answer is filed all the same."""


def queue(session: Session, message: Message, reply: Reply, *, at: datetime) -> OutgoingMail:
    """Queue the reply to a customer's message: bytes and Message-ID are frozen here.

    Raises CannotSay.
    """
    try:
        draft = _draft(message, reply, at)
        content = composing.compose(draft)
    except (composing.NotAsMeant, wording.UnknownValue, ValueError) as wrong:
        raise CannotSay(str(wrong)) from wrong
    address = normalised(message.sender)
    said = _said(message.case, draft, at)
    session.add(said)
    session.add(KnownId(rfc_id=draft.message_id, case=message.case, message=said, ours=True))
    mail = OutgoingMail(
        case=message.case,
        message=said,
        key=f"{reply.template}:{message.case.id}",
        automatic=True,
        rule=reply.rule,
        sender="",
        recipient=address,
        domain=domain_of(address),
        rfc_id=draft.message_id,
        content=content,
        state=State.PENDING,
        queued_at=at,
        due_at=at,
    )
    session.add(mail)
    message.case.happened(What.AUTOMATIC_REPLY, by="bot", at=at, template=reply.template)
    return mail


def _said(case: Case, draft: composing.Draft, at: datetime) -> Message:
    """The reply as the case shows it."""
    return Message(
        case=case,
        direction=Direction.OUT,
        origin=Origin.OWN,
        origin_rule="automatic reply",
        rfc_id=draft.message_id,
        sender=draft.sender.address,
        sender_name=draft.sender.name,
        to=[draft.recipient.address],
        subject=draft.subject,
        text=draft.text,
        new_text=draft.text,
        arrived_at=at,
        rule="automatic reply",
        by="bot",
    )


def _draft(message: Message, reply: Reply, at: datetime) -> composing.Draft:
    case = message.case
    language = case.language or settings().language
    subject, body = wording.write(reply.template, language, _values(case, language))
    ours = case.mailbox.address if case.mailbox else f"noreply@{settings().default_domain}"
    return composing.Draft(
        message_id=signing.new_message_id(case.id, domain_of(ours)),
        sender=Address(ours, case.mailbox.name if case.mailbox else ""),
        recipient=Address(message.sender),
        subject=subject,
        text=body,
        at=at,
        in_reply_to=message.rfc_id,
        automatic=True,
        language=language,
        loop_mark=signing.sign("loop", str(case.id)),
    )


def _values(case: Case, language: str) -> dict[str, str]:
    zone = case.contact.zone or settings().zone
    with speaking(language):
        due = case.due_at or case.opened_at
        when = _("{day} at {time}", day=say_date(due, zone), time=say_time(due, zone))
        hours = _("Our opening hours: {hours}.", hours=_said_hours())
    name = case.mailbox.name if case.mailbox else ""
    return {"number": str(case.id), "due": when, "hours": hours, "signature": name or "Tregua"}


def _said_hours() -> str:
    text = settings().opening_hours
    days = (("mon", _("Mon")), ("tue", _("Tue")), ("wed", _("Wed")), ("thu", _("Thu")))
    rest = (("fri", _("Fri")), ("sat", _("Sat")), ("sun", _("Sun")))
    for short, word in (*days, *rest):
        text = text.replace(short, word)
    return text
