"""What a person answers becomes a message of the case and a mail in the outbox."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import composing, outbox
from bot.composing import signature
from bot.composing.enclosing import Enclosure, kind_of
from bot.outbox import OutgoingMail, State
from bot.situation import domain_of
from bot.voice import presence
from cases import signing
from cases.agent import Agent
from cases.case import Case, Part, Participant
from cases.contact import normalised
from cases.filing.tokens import subject_token
from cases.history import What
from cases.mail import Address, Origin
from cases.message import Direction, KnownId, Message
from cases.settings import settings

UNDO = timedelta(seconds=10)
"""How long a sent answer can be taken back, unless the agent chose another time."""
LONGEST_UNDO = 30
# The parts before the files: the container, the two forms of the text in theirs.
_FIRST_FILE = 4


class Mode(StrEnum):
    """To whom somebody writes."""

    REPLY = "reply"
    ALL = "all"
    """The customer and everybody who was written to besides."""
    FORWARD = "forward"
    """Somebody else: it answers the customer nothing."""


class Stale(Exception):
    """Somebody wrote in the case since the agent looked at it."""


class NobodyToAnswer(Exception):
    """The case has no address that an answer may go to, or none that a mail can be written to."""


class TooLate(Exception):
    """The answer has left already and cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent wrote, the newest message they had seen, and who is to get it."""

    text: str
    seen: int | None = None
    mode: Mode = Mode.REPLY
    to: tuple[str, ...] = ()
    """Nobody for the customer of the case."""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    files: tuple[Enclosure, ...] = ()
    below: str = ""
    """What is passed on, below the signature."""


def send(session: Session, case: Case, agent: Agent, answer: Answer, *, at: datetime) -> Message:
    """Queue an agent's answer to the customer; it leaves after the undo window.

    Raises Stale if another message came since, NobodyToAnswer if no address may get it.
    """
    newest = newest_message(session, case)
    if answer.seen is not None and newest is not None and newest.id > answer.seen:
        raise Stale(f"message {newest.id} came since")
    if not answer.to:
        answer = replace(answer, to=(recipient(session, case),))
    message = _message(case, agent, answer, at, begins=newest is None)
    draft = _draft(session, case, agent, message, answer.files, at)
    message.rfc_id = draft.message_id
    session.add(message)
    session.add(KnownId(rfc_id=draft.message_id, case=case, message=message, ours=True))
    session.flush()
    session.add(_outgoing(case, message, draft, agent, at))
    _let_them_answer(session, case, (*answer.to, *answer.cc))
    presence.stopped(session, case, agent)
    if answer.mode is Mode.FORWARD:
        case.happened(What.FORWARDED, by=agent.address, at=at, message=message.id)
        return message
    case.answered(by=agent.address, at=at)
    # What bots were about to say is not said after a person spoke.
    outbox.silence_all(session, case, "a person answered", by=agent.address, at=at)
    return message


def _let_them_answer(session: Session, case: Case, addresses: Iterable[str]) -> None:
    """Whom an agent writes to in the open may write here; bcc stays unknown to the others."""
    parties = select(Participant.address).where(Participant.case_id == case.id)
    known = set(session.scalars(parties))
    for address in dict.fromkeys(map(normalised, addresses)):
        if address not in known:
            session.add(Participant(case=case, address=address, part=Part.COPIED))


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


def _message(case: Case, agent: Agent, answer: Answer, at: datetime, *, begins: bool) -> Message:
    forward = answer.mode is Mode.FORWARD
    subject = subject_of(case).removeprefix("Re: ") if begins else subject_of(case)
    return Message(
        case=case,
        direction=Direction.OUT,
        origin=Origin.AGENT,
        origin_rule="written in the inbox",
        sender=case.mailbox.address if case.mailbox else "",
        sender_name=agent.name,
        to=list(answer.to),
        cc=list(answer.cc),
        bcc=list(answer.bcc),
        subject=forwarded_subject(case) if forward else subject,
        text=signature.signed(answer.text, signature.of(case, agent), answer.below),
        new_text=answer.text,
        attachments=[_as_row(n, file) for n, file in enumerate(answer.files, _FIRST_FILE)],
        arrived_at=at,
        rule="forward" if forward else "answer",
        by=agent.address,
    )


def _as_row(part: int, file: Enclosure) -> dict[str, object]:
    size = len(file.content)
    return {"name": file.name, "type": kind_of(file), "size": size, "part": part}


def forwarded_subject(case: Case) -> str:
    """The subject of a mail that is passed on, with the number of the case."""
    plain = subject_of(case).removeprefix("Re: ")
    return plain if plain.lower().startswith(("fwd:", "fw:", "rv:")) else f"Fwd: {plain}"


def subject_of(case: Case) -> str:
    """The subject of an answer, with the number of the case."""
    subject = composing.safe(case.subject, 400)
    token = subject_token(case.id)
    named = subject if token in subject else f"{subject} {token}".strip()
    return named if named.lower().startswith("re:") else f"Re: {named}"


def _draft(
    session: Session,
    case: Case,
    agent: Agent,
    message: Message,
    files: tuple[Enclosure, ...],
    at: datetime,
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
        also_to=tuple(map(Address, message.to[1:])),
        cc=tuple(map(Address, message.cc)),
        files=files,
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


def _outgoing(
    case: Case, message: Message, draft: composing.Draft, agent: Agent, at: datetime
) -> OutgoingMail:
    first, *others = dict.fromkeys(map(normalised, (*message.to, *message.cc, *message.bcc)))
    return OutgoingMail(
        case=case,
        message=message,
        key=f"answer:{message.id}",
        automatic=False,
        rule=message.rule,
        sender=draft.sender.address,
        recipient=first,
        also=others,
        domain=domain_of(first),
        rfc_id=draft.message_id,
        content=_composed(draft),
        state=State.PENDING,
        queued_at=at,
        due_at=at + undo_window(agent),
    )


def _composed(draft: composing.Draft) -> bytes:
    try:
        return composing.compose(draft)
    except composing.NotAsMeant as wrong:
        # Such as an address with letters that most servers take from nobody.
        raise NobodyToAnswer(str(wrong)) from wrong


def undo_window(agent: Agent) -> timedelta:
    """How long that agent's answers wait before they leave."""
    chosen = agent.undo_seconds
    return UNDO if chosen is None else timedelta(seconds=min(max(chosen, 0), LONGEST_UNDO))


def take_back(session: Session, message: Message, *, by: str, at: datetime) -> str:
    """Undo an answer that has not left; gives what was written back. Raises TooLate."""
    stopped = session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.message_id == message.id, OutgoingMail.state == State.PENDING)
        .values(state=State.CANCELLED, settled_at=at)
        .returning(OutgoingMail.id)
    ).first()
    if stopped is None:
        raise TooLate(f"the answer {message.id} has left")
    message.withdrawn_at = at
    if message.rule != "forward":
        message.case.unanswered(by=by, at=at)
    return message.new_text
