"""Talks that are no mails: an agent called or was called, and what was promised with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases import course
from cases.case import Case
from cases.mail import Origin
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
