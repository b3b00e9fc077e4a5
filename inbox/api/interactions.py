"""POST /v1/interactions: calls, chats, forms and social contacts of customers we also mail with."""

from enum import StrEnum
from typing import Any, Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues
from cases import clock, course
from cases.case import Case, Part, Participant, State, take
from cases.contact import Contact, Kind
from cases.db import FILING, transaction
from cases.history import What
from cases.mail import Origin
from cases.message import Direction, Message
from cases.people.identifiers import meet_as
from classifiers.taxonomy import NoSuchLeaf, leaf
from inbox.api.contract import asker, body, contract, needs
from inbox.api.instants import Instant
from inbox.api.naming import Name, all_named
from inbox.api.problems import N_, Problem
from inbox.tokens import Scope

pages: Blueprint = contract("interactions")
LONGEST = 20_000


class Channel(StrEnum):
    """How the customer came."""

    CALL = "call"
    CHAT = "chat"
    FORM = "form"
    SOCIAL = "social"
    VISIT = "visit"


class Interaction(BaseModel):
    """One contact of a customer over another channel, with the same taxonomy."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    channel: Channel
    address: str | None = Field(default=None, max_length=1000)
    phone: str | None = Field(default=None, max_length=100)
    customer_id: str | None = Field(default=None, min_length=1, max_length=200)
    at: Instant
    subject: str = Field(default="", max_length=300)
    text: str = Field(default="", max_length=LONGEST)
    language: Literal["", "es", "en"] = ""
    type: str = Field(default="", max_length=100)
    sentiment: Literal["", "negative", "neutral", "positive"] = ""
    anger: float = Field(default=0.0, ge=0, le=1)
    open: bool = False
    """Something is still owed to the customer."""
    call_back_by: Instant | None = None
    """The instant by which somebody promised to call them back."""

    @model_validator(mode="after")
    def _names_somebody(self) -> "Interaction":
        if not any((self.address, self.phone, self.customer_id)):
            raise ValueError("name address, phone or customer_id")
        if self.call_back_by is not None and not self.open:
            raise ValueError("who is called back is owed something: say open")
        return self

    def names(self) -> list[Name]:
        """By what the customer is known, as it is matched."""
        return all_named(self.address or None, self.phone or None, self.customer_id)


@pages.post("/interactions")
@needs(Scope.BOT_NOTE)
def write() -> ResponseReturnValue:
    """Idempotent by (token, id): the same told again changes nothing."""
    one = Interaction.model_validate(body())
    mark = f"interaction.{asker().prefix}.{one.id}"
    type_ = _type(one.type)
    # The lock of the filing: a mail of the same customer must not open a second case meanwhile.
    with transaction(lock=FILING) as session:
        known = session.scalars(select(Message).where(Message.rfc_id == mark)).first()
        if known is not None:
            return {"case": known.case_id, "message": known.id, "new": False}
        contact = _contact(session, one)
        case = _case(session, contact, one)
        message = _message(session, case, one, mark, type_)
        session.flush()
        _tell(case, message, one, type_)
        queues.wake(session, queues.TAG, "inbox.intake.tagging.tag_waiting")
        queues.announce(session, "cases")
        session.flush()
        return {"case": case.id, "message": message.id, "new": True}, 201


def _type(code: str) -> str:
    try:
        return leaf(code).code if code else ""
    except NoSuchLeaf as wrong:
        raise Problem(422, "unknown-type", N_("The taxonomy has no such type.")) from wrong


def _contact(session: Session, one: Interaction) -> Contact:
    """The contact of the first identifier we know; the others become known with it."""
    contact = meet_as(session, one.names(), name="", at=clock.now())
    contact.language = contact.language or one.language
    return contact


def _case(session: Session, contact: Contact, one: Interaction) -> Case:
    """Their newest open case, or a new one."""
    newest = session.scalars(
        select(Case.id)
        .where(Case.contact_id == contact.id, Case.state != State.CLOSED)
        .order_by(Case.last_at.desc())
        .limit(1)
    ).first()
    if newest is not None:
        return take(session, newest)
    case = Case(
        subject=one.subject or one.text[:80],
        contact=contact,
        state=State.OPEN if one.open else State.CLOSED,
        closed_at=None if one.open else one.at,
        language=one.language or contact.language,
        opened_at=one.at,
        last_at=one.at,
        snippet=" ".join(one.text[:600].split())[:160],
    )
    session.add(case)
    addresses = (each.value for each in contact.identifiers if each.kind is Kind.ADDRESS)
    for address in addresses:
        session.add(Participant(case=case, address=address, part=Part.CUSTOMER))
    session.flush()
    return case


def _message(session: Session, case: Case, one: Interaction, mark: str, type_: str) -> Message:
    message = Message(
        case=case,
        direction=Direction.IN,
        origin=Origin.CUSTOMER,
        origin_rule=f"interaction: {one.channel.value}",
        rfc_id=mark,
        sender=next((value for kind, value in one.names() if kind is Kind.ADDRESS), ""),
        subject=one.subject,
        text=one.text,
        new_text=one.text,
        arrived_at=min(one.at, clock.now()),
        rule=f"interaction: {one.channel.value}",
        language=one.language,
        labels=_labels(one, type_),
        to_tag=not type_ and bool(one.text.strip()),
        tagged_at=clock.now() if type_ else None,
    )
    session.add(message)
    return message


def _labels(one: Interaction, type_: str) -> dict[str, Any]:
    if not type_:
        return {}
    said = {"type": type_, "p": 1.0, "sentiment": one.sentiment, "anger": one.anger}
    return {**said, "signals": [], "model": f"interaction:{one.channel.value}"}


def _tell(case: Case, message: Message, one: Interaction, type_: str) -> None:
    at = message.arrived_at
    owes = {"owes": one.open}
    case.last_at = max(case.last_at, at)
    what = What.MESSAGE_RECEIVED if case.version else What.OPENED
    case.happened(what, by="", at=at, origin=message.origin.value, rule=message.rule, **owes)
    if one.call_back_by is not None and case.is_open:
        case.promise_call(by=message.rule, at=at, until=one.call_back_by)
    if type_:
        if not case.type:
            case.type, case.complaint = type_, leaf(type_).complaint
        case.sentiment, case.anger = (
            one.sentiment or case.sentiment,
            max(case.anger or 0, one.anger),
        )
        case.course = course.added(case.course, course.sign_of(message))
        case.happened(What.TAGGED, by=message.rule, at=at, type=type_)
