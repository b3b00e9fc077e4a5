"""Asks people back by mail whether they meant their wish to be written to (double opt-in)."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import composing, queues, wording
from bot.outbox import OutgoingMail, State
from bot.settings import settings
from bot.situation import domain_of
from bot.wording import templates
from cases import case as noun
from cases import consent, signing
from cases.case import Case
from cases.consent import OptIn
from cases.contact import Contact, Identifier
from cases.language import LANGUAGES
from cases.mail import Address
from cases.mailbox import Mailbox, Mode
from cases.settings import settings as case_settings

TEMPLATE = "confirm_topics"
A_DAY = timedelta(days=1)
MOST_A_DAY = 5
"""Confirmations that one person can be sent in a day."""


class NobodyToAsk(Exception):
    """No mailbox may send, so nobody can be asked back."""


class AskedEnough(Exception):
    """They were asked back so often today that it would be a nuisance."""


def is_enough(session: Session, contact_id: int, *, at: datetime) -> bool:
    """Whether another question today would be too many."""
    lately = select(func.count()).where(OptIn.contact_id == contact_id, OptIn.asked_at > at - A_DAY)
    return (session.scalar(lately) or 0) >= MOST_A_DAY


def ask(session: Session, wish: OptIn, *, at: datetime) -> OutgoingMail:
    """Send the link that confirms the wish to the address it was made for. Raises NobodyToAsk."""
    box = _sender(session)
    to = session.get_one(Identifier, wish.identifier_id)
    contact = session.get_one(Contact, wish.contact_id)
    language = contact.language if contact.language in LANGUAGES else case_settings().language
    link = f"{settings().public_url.rstrip('/')}/mail/confirm/{consent.confirmation(wish.id)}"
    names = [one.name(language) for one in consent.topics(session) if one.code in wish.topics]
    given = {"link": link, "topics": ", ".join(names), "signature": box.name or "Tregua"}
    subject, text = wording.filled(templates.texts(session, TEMPLATE, language), given)
    case = _shelf(contact, box, subject, at)
    session.add(case)
    session.flush()
    draft = composing.Draft(
        message_id=signing.new_message_id(case.id, domain_of(box.address)),
        sender=Address(box.address, box.name),
        recipient=Address(to.original),
        subject=subject,
        text=text,
        at=at,
        automatic=True,
        language=language,
        loop_mark=signing.sign("loop", str(case.id)),
    )
    mail = _outgoing(case, wish, draft, to, at)
    session.add(mail)
    queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    return mail


def _sender(session: Session) -> Mailbox:
    """The first mailbox that may send; in shadow mode nothing leaves, not even this."""
    boxes = select(Mailbox).where(Mailbox.mode == Mode.SEND, Mailbox.paused.is_(False))
    found = session.scalars(boxes.order_by(Mailbox.id).limit(1)).first()
    if found is None:
        raise NobodyToAsk("no mailbox may send")
    return found


def _shelf(contact: Contact, box: Mailbox, subject: str, at: datetime) -> Case:
    """Where the mail is kept: closed from the start, since nobody owes anything for it."""
    return Case(
        subject=subject,
        contact=contact,
        mailbox=box,
        state=noun.State.CLOSED,
        closed_at=at,
        bulk=True,
        unread=False,
        opened_at=at,
        last_at=at,
    )


def _outgoing(
    case: Case, wish: OptIn, draft: composing.Draft, to: Identifier, at: datetime
) -> OutgoingMail:
    # The person asked for it a moment ago, so no rule about mail of our own accord looks at it.
    return OutgoingMail(
        case=case,
        key=f"opt-in:{wish.id}",
        automatic=False,
        rule="double opt-in",
        template=TEMPLATE,
        sender="",
        recipient=to.value,
        domain=domain_of(to.value),
        rfc_id=draft.message_id,
        content=composing.compose(draft),
        state=State.PENDING,
        queued_at=at,
        due_at=at,
    )
