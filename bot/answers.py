"""What a person answers becomes a message of the case and a mail in the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import composing, outbox, presence
from bot.outbox import OutgoingMail, State
from bot.situation import domain_of
from cases import signing
from cases.agent import Agent
from cases.case import Case, Part, Participant
from cases.contact import normalised
from cases.filing.tokens import subject_token
from cases.mail import Address, Origin
from cases.message import Direction, KnownId, Message
from cases.settings import settings

UNDO = timedelta(seconds=10)
"""How long a sent answer can be taken back."""


class Stale(Exception):
    """Somebody wrote in the case since the agent looked at it."""


class NobodyToAnswer(Exception):
    """The case has no address that an answer may go to."""


class TooLate(Exception):
    """The answer has left already and cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent wrote, and the newest message they had seen."""

    text: str
    seen: int | None = None


def send(session: Session, case: Case, agent: Agent, answer: Answer, *, at: datetime) -> Message:
    """Queue an agent's answer to the customer; it leaves after the undo window.

    Raises Stale if another message came since, NobodyToAnswer if no address may get it.
    """
    newest = newest_message(session, case)
    if answer.seen is not None and newest is not None and newest.id > answer.seen:
        raise Stale(f"message {newest.id} came since")
    to = recipient(session, case)
    message = _message(case, agent, answer.text, to, at)
    draft = _draft(session, case, agent, message, at)
    message.rfc_id = draft.message_id
    session.add(message)
    session.add(KnownId(rfc_id=draft.message_id, case=case, message=message, ours=True))
    session.flush()
    session.add(_outgoing(case, message, draft, at))
    case.answered(by=agent.address, at=at)
    # What bots were about to say is not said after a person spoke.
    outbox.silence_all(session, case, "a person answered", by=agent.address, at=at)
    presence.stopped(session, case, agent)
    return message


def newest_message(session: Session, case: Case) -> Message | None:
    """The message that was added last."""
    return session.scalars(
        select(Message).where(Message.case_id == case.id).order_by(Message.id.desc()).limit(1)
    ).first()


def recipient(session: Session, case: Case) -> str:
    """The customer's address that wrote in this case; never a newcomer's or a copied one's."""
    address = session.scalars(
        select(Participant.address)
        .where(Participant.case_id == case.id, Participant.part == Part.CUSTOMER)
        .order_by(Participant.id)
        .limit(1)
    ).first()
    if not address:
        raise NobodyToAnswer(f"case {case.id} has no address to answer to")
    return address


def _message(case: Case, agent: Agent, text: str, to: str, at: datetime) -> Message:
    return Message(
        case=case,
        direction=Direction.OUT,
        origin=Origin.AGENT,
        origin_rule="written in the inbox",
        sender=case.mailbox.address if case.mailbox else "",
        sender_name=agent.name,
        to=[to],
        subject=subject_of(case),
        text=text,
        new_text=text,
        arrived_at=at,
        rule="answer",
        by=agent.address,
    )


def subject_of(case: Case) -> str:
    """The subject of an answer, with the number of the case."""
    subject = composing.safe(case.subject, 400)
    token = subject_token(case.id)
    named = subject if token in subject else f"{subject} {token}".strip()
    return named if named.lower().startswith("re:") else f"Re: {named}"


def _draft(
    session: Session, case: Case, agent: Agent, message: Message, at: datetime
) -> composing.Draft:
    ours = case.mailbox.address if case.mailbox else f"noreply@{settings().default_domain}"
    name = (
        f"{agent.name} · {case.mailbox.name}" if case.mailbox and case.mailbox.name else agent.name
    )
    earlier = ids_so_far(session, case)
    return composing.Draft(
        message_id=signing.new_message_id(case.id, domain_of(ours)),
        sender=Address(ours, name),
        recipient=Address(message.to[0]),
        subject=message.subject,
        text=message.text,
        at=at,
        in_reply_to=earlier[-1] if earlier else "",
        references=earlier[:-1],
        reply_to=case.mailbox.reply_to(case.id) if case.mailbox else "",
        has_html=True,
        language=case.language,
        loop_mark=signing.sign("loop", str(case.id)),
    )


def ids_so_far(session: Session, case: Case) -> tuple[str, ...]:
    """The Message-IDs of the case's mails, for the headers that keep a thread together."""
    ids = session.scalars(
        select(Message.rfc_id)
        .where(
            Message.case_id == case.id, Message.rfc_id != "", Message.direction != Direction.NOTE
        )
        .order_by(Message.arrived_at, Message.id)
    )
    return tuple(ids)


def _outgoing(case: Case, message: Message, draft: composing.Draft, at: datetime) -> OutgoingMail:
    address = normalised(message.to[0])
    return OutgoingMail(
        case=case,
        message=message,
        key=f"answer:{message.id}",
        automatic=False,
        rule="answer",
        sender=draft.sender.address,
        recipient=address,
        domain=domain_of(address),
        rfc_id=draft.message_id,
        content=composing.compose(draft),
        state=State.PENDING,
        queued_at=at,
        due_at=at + UNDO,
    )


def take_back(session: Session, message: Message, *, by: str, at: datetime) -> str:
    """Undo an answer that has not left; gives its text back. Raises TooLate."""
    stopped = session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.message_id == message.id, OutgoingMail.state == State.PENDING)
        .values(state=State.CANCELLED, settled_at=at)
        .returning(OutgoingMail.id)
    ).first()
    if stopped is None:
        raise TooLate(f"the answer {message.id} has left")
    message.withdrawn_at = at
    message.case.unanswered(by=by, at=at)
    return message.text
