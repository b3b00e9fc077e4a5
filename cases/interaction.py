"""Talks that are no mails: an agent called or was called, and what was promised with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases import course
from cases.case import Case, Part, Participant
from cases.contact import Contact, Kind
from cases.history import What
from cases.mail import Origin
from cases.mailbox import Mailbox
from cases.message import Direction, Message

MOODS = ("negative", "neutral", "positive")


class NothingSaid(ValueError):
    """A talk that is logged needs a sentence about what was said."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What an agent notes of a talk."""

    text: str
    by: str
    name: str = ""
    channel: str = "call"
    mood: str = ""
    call_back_by: datetime | None = None
    promises_call: bool = False
    """We call again within the time we promise, where no instant was named."""


def log(session: Session, case: Case, talk: Talk, *, at: datetime) -> Message:
    """A person of ours spoke with the customer: it answers what was asked, and drips stop.

    Raises NothingSaid.
    """
    if not talk.text.strip():
        raise NothingSaid("say in a sentence what was said")
    message = Message(
        case=case,
        direction=Direction.OUT,
        origin=Origin.AGENT,
        origin_rule=f"interaction: {talk.channel}",
        sender_name=talk.name,
        text=talk.text.strip(),
        new_text=talk.text.strip(),
        arrived_at=at,
        rule=f"interaction: {talk.channel}",
        by=talk.by,
    )
    session.add(message)
    if case.call_due_at is not None:
        case.called(by=talk.by, at=at)
    case.answered(by=talk.by, at=at)
    if talk.mood in MOODS:
        case.sentiment = talk.mood
        case.labels = {**(case.labels or {}), "sentiment_by": talk.by}
        message.labels = {"sentiment": talk.mood, "sentiment_by": talk.by}
        session.flush()
        case.course = course.added(case.course, course.sign_of(message))
    if talk.call_back_by is not None or talk.promises_call:
        if not case.is_open:
            # Who is promised a call has a matter that is not settled.
            case.reopen(by=talk.by, at=at)
        case.promise_call(by=talk.by, at=at, until=talk.call_back_by)
    return message


def begin(
    session: Session, contact: Contact, talk: Talk, mailbox: Mailbox | None, *, at: datetime
) -> Case:
    """A case that begins with a talk; nothing is owed but what was promised. Raises NothingSaid."""
    text = " ".join(talk.text.split())
    if not text:
        raise NothingSaid("say in a sentence what was said")
    case = Case(
        subject=text[:80],
        contact=contact,
        mailbox=mailbox,
        language=contact.language,
        opened_at=at,
        last_at=at,
        snippet=text[:160],
    )
    session.add(case)
    for one in contact.identifiers:
        if one.kind is Kind.ADDRESS:
            session.add(Participant(case=case, address=one.value, part=Part.CUSTOMER))
    session.flush()
    case.happened(What.OPENED, by=talk.by, at=at, origin=Origin.AGENT.value, owes=False)
    log(session, case, talk, at=at)
    return case
