"""One message becomes a case of its own, and what answers it goes there; this can be undone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import moods
from cases.case import Case, Part, Participant
from cases.contact import Contact, meet, normalised
from cases.history import What
from cases.merging import final, merge
from cases.merging.moving import asks, last_event, messages_of, parties_of, unanswered_since
from cases.message import KnownId, Message


class NotSplit(Exception):
    """The case was not split off another, so there is nothing to undo."""


class NothingLeft(Exception):
    """It is the only message of its case, so nothing would be left."""


def split(
    session: Session, message: Message, *, by: str, at: datetime, more: Sequence[Message] = ()
) -> Case:
    """The message becomes a case of its own, `more` go along, and answers to them will go there.

    Raises NothingLeft.
    """
    old = message.case
    if len(messages_of(session, old)) < 2 + len(more):
        raise NothingLeft(f"message {message.id} is all that case {old.id} has")
    case = _split_off(session, message, old, at)
    for one in (message, *more):
        _take_along(session, one, old, case)
    session.flush()
    owed = any(_is_owed(one, old) for one in (message, *more))
    case.happened(What.OPENED, by=by, at=message.arrived_at, owes=owed)
    case.happened(What.SPLIT, by=by, at=at, split_from=old.id, message=message.id)
    old.happened(What.SPLIT, by=by, at=at, split_into=case.id, message=message.id)
    if owed and old.is_open:
        old.owe(unanswered_since(session, old), by=by, at=at)
    for changed in (old, case):
        moods.follow(session, changed)
    return case


def _take_along(session: Session, message: Message, old: Case, case: Case) -> None:
    message.case = case
    case.last_at = max(case.last_at, message.arrived_at)
    for row in session.scalars(
        select(KnownId).where(KnownId.message_id == message.id, KnownId.case_id == old.id)
    ):
        row.case = case


def _is_owed(message: Message, old: Case) -> bool:
    """Whether nobody has answered the message in the case that it was in."""
    answers = (event.at for event in old.events if event.what is What.ANSWERED)
    return asks(message) and all(at < message.arrived_at for at in answers)


def _split_off(session: Session, message: Message, old: Case, at: datetime) -> Case:
    contact = _whose(session, message, old, at)
    case = Case(
        subject=message.subject,
        contact=contact,
        mailbox=old.mailbox,
        linked_to=old,
        assignee_id=old.assignee_id,
        language=old.language,
        opened_at=message.arrived_at,
        last_at=message.arrived_at,
        snippet=" ".join((message.new_text or message.text)[:640].split())[:160],
        provisional=old.provisional,
    )
    session.add(case)
    address = message.sender if asks(message) else contact.address
    for value, part in _invited(session, message, old, address).items():
        session.add(Participant(case=case, address=value, part=part))
    session.flush()
    return case


def _whose(session: Session, message: Message, old: Case, at: datetime) -> Contact:
    if not asks(message) or not message.sender:
        return old.contact
    return meet(session, message.sender, name=message.sender_name, at=at)


def _invited(session: Session, message: Message, old: Case, address: str) -> dict[str, Part]:
    """The customer, and those of the old case whom the message names."""
    named = set(map(normalised, (*message.to, *message.cc)))
    parts = {one.address: Part.COPIED for one in parties_of(session, old) if one.address in named}
    return parts | ({normalised(address): Part.CUSTOMER} if address else {})


def split_from(session: Session, case: Case) -> int | None:
    """The case that it goes back to if the split is undone, if it was split off one."""
    event = last_event(session, case, "split_from")
    return final(session, session.get_one(Case, event.data["split_from"])).id if event else None


def undo_split(session: Session, case: Case, *, by: str, at: datetime) -> Case:
    """All that the case got goes back to the one it was split off; gives that one.

    Raises NotSplit, AlreadyMerged.
    """
    number = split_from(session, case)
    if number is None:
        raise NotSplit(f"case {case.id} was not split off another")
    old = session.get_one(Case, number)
    old = merge(session, case, old, by=by, at=at)
    old.happened(What.UNDONE, by=by, at=at, undone="split", other=case.id)
    return old
