"""A person is forgotten: their words and names leave the cases, and nobody writes to them again.

What is left are numbers and times without anybody in them, and the identifiers that the refusal to
be written to is known by. The raw mails belong to the spool: their numbers are given back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cases import audit
from cases.case import Case, Participant
from cases.consent import OptIn
from cases.contact import Contact, Identifier
from cases.exclusions.reasons import Reason
from cases.exclusions.touches import Pressure, Touch
from cases.exclusions.verbs import Set, exclude
from cases.history import Event
from cases.mention import Mention
from cases.message import Delivery, KnownId, Message
from cases.order import CaseOrder, Order
from cases.satisfaction import Satisfaction
from cases.tag import case_tags
from cases.unsent import Unsent, UnsentFile

NAMED_IN_EVENTS = ("recipients", "was", "text", "name")
"""Keys of the history that may name somebody; the others are numbers, times and rules."""


def erase(session: Session, contact_id: int, *, by: str, at: datetime) -> list[int]:
    """Forget the person; gives the numbers of their raw mails, which the spool is to bury."""
    cases = session.scalars(
        select(Case).where(Case.contact_id == contact_id).order_by(Case.id).with_for_update()
    ).all()
    raw_ids = empty(session, cases, by=by, at=at)
    _forget_person(session, contact_id)
    exclude(session, contact_id, Set(Reason.ERASED), by=by, at=at)
    about = f"contact {contact_id}"
    audit.note(session, by=by, what="erasure.person", about=about, cases=len(cases))
    session.flush()
    session.expire_all()
    return raw_ids


def empty(session: Session, cases: Sequence[Case], *, by: str, at: datetime) -> list[int]:
    """Words and names leave these cases; gives the numbers of their raw mails."""
    case_ids = [case.id for case in cases]
    raw_ids = raw_mails(session, case_ids)
    for case in cases:
        if case.is_open:
            case.close(by=by, at=at)
        case.subject = case.snippet = ""
        case.labels = {}
    case_tags.forget(session, case_ids)
    session.flush()
    _forget_words(session, case_ids)
    _forget_events(session, case_ids)
    return raw_ids


def raw_mails(session: Session, case_ids: Sequence[int]) -> list[int]:
    """The numbers of all raw mails in these cases, copies too."""
    theirs = select(Message.id).where(Message.case_id.in_(case_ids))
    of_messages = select(Message.raw_id).where(Message.case_id.in_(case_ids))
    of_copies = select(Delivery.raw_id).where(Delivery.message_id.in_(theirs))
    found = (*session.scalars(of_messages), *session.scalars(of_copies))
    return sorted({one for one in found if one is not None})


_NOTHING: dict[str, Any] = dict.fromkeys(
    ("text", "new_text", "subject", "sender", "sender_name", "reply_to", "matched", "rfc_id"), ""
) | {"to": [], "cc": [], "bcc": [], "attachments": [], "defects": [], "labels": {}, "likeness": ""}


def _forget_words(session: Session, case_ids: Sequence[int]) -> None:
    theirs = select(Message.id).where(Message.case_id.in_(case_ids))
    unsent = select(Unsent.id).where(Unsent.case_id.in_(case_ids))
    for gone in (
        delete(Delivery).where(Delivery.message_id.in_(theirs)),
        delete(KnownId).where(KnownId.case_id.in_(case_ids)),
        delete(Participant).where(Participant.case_id.in_(case_ids)),
        delete(Mention).where(Mention.case_id.in_(case_ids)),
        delete(UnsentFile).where(UnsentFile.unsent_id.in_(unsent)),
        delete(Unsent).where(Unsent.case_id.in_(case_ids)),
        delete(CaseOrder).where(CaseOrder.case_id.in_(case_ids)),
    ):
        session.execute(gone.execution_options(synchronize_session=False))
    said = update(Satisfaction).where(Satisfaction.case_id.in_(case_ids)).values(comment="")
    session.execute(said, execution_options={"synchronize_session": False})
    emptied = update(Message).where(Message.case_id.in_(case_ids))
    session.execute(
        emptied.values(**_NOTHING, raw_id=None, has_html=False, to_tag=False),
        execution_options={"synchronize_session": False},
    )


def _forget_events(session: Session, case_ids: Sequence[int]) -> None:
    for event in session.scalars(select(Event).where(Event.case_id.in_(case_ids))):
        if any(key in event.data for key in NAMED_IN_EVENTS):
            kept = {key: said for key, said in event.data.items() if key not in NAMED_IN_EVENTS}
            event.data = kept


def _forget_person(session: Session, contact_id: int) -> None:
    values = session.scalars(
        select(Identifier.value).where(Identifier.contact_id == contact_id)
    ).all()
    for gone in (
        delete(Touch).where(Touch.value.in_(values)),
        delete(Pressure).where(Pressure.value.in_(values)),
        delete(OptIn).where(OptIn.contact_id == contact_id),
        update(Order)
        .where(Order.contact_id == contact_id)
        .values(contact_id=None, tracking="", items=[]),
        update(Identifier)
        .where(Identifier.contact_id == contact_id)
        .values(original=Identifier.value),
    ):
        session.execute(gone, execution_options={"synchronize_session": False})
    contact = session.get_one(Contact, contact_id)
    contact.name = contact.tier = contact.country = contact.zone = contact.quiet_hours = ""
    contact.lifetime_value, contact.nps = 0.0, None
    contact.vip = contact.influencer = False
