"""Filing: find the case a mail belongs to, or open one, and let the case know.

    find (rules) | admit or quarantine | place (a message in a case) | tell the case

The order of the rules is in rules.py; what a mail does to a case is in telling.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cases.case import Case, Part, Participant
from cases.contact import Contact, introduce, normalised
from cases.filing import rules, shelf, telling
from cases.filing.arrival import Arrival
from cases.filing.likeness import likeness
from cases.filing.rules import Match, Policy
from cases.filing.shelf import Shelf
from cases.mail import Attachment, Mail, Origin, Trust
from cases.message import Delivery, Direction, KnownId, Message

__all__ = ["Arrival", "Filed", "Policy", "file", "file_all"]

SNIPPET = 160


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a mail went."""

    message: Message
    case: Case
    rule: str
    opened: bool = False
    reopened: bool = False
    again: bool = False
    """The same mail came before, perhaps in another mailbox: one message, one more delivery."""


def file_all(session: Session, arrivals: Sequence[Arrival], policy: Policy) -> list[Filed]:
    """File a batch in its order; ids are there afterwards."""
    known = shelf.fetch(session, (arrival.mail for arrival in arrivals))
    filed = [_file(session, arrival, known, policy) for arrival in arrivals]
    session.flush()
    return filed


def file(session: Session, arrival: Arrival, policy: Policy | None = None) -> Filed:
    """File one mail."""
    return file_all(session, [arrival], policy or Policy())[0]


def _file(session: Session, arrival: Arrival, known: Shelf, policy: Policy) -> Filed:
    mark = likeness(arrival.mail)
    if (before := known.alike.get(mark)) is not None and arrival.mail.message_id:
        return _again(session, arrival, before)
    if (sent := _copy_of(arrival.mail, known)) is not None:
        return _again(session, arrival, sent)
    match = rules.find(arrival.mail, known, policy)
    filed = _place(session, arrival, match, known)
    filed.message.likeness = mark
    known.alike[mark] = filed.message
    _learn_ids(session, filed, arrival.mail, known)
    return filed


def _copy_of(mail: Mail, known: Shelf) -> Message | None:
    """The message of ours that this mail is a copy of: from the journal, or a list we wrote to."""
    rows = known.ids.get(mail.message_id, ()) if mail.origin is Origin.OWN else ()
    return next((row.message for row in rows if row.ours and row.message is not None), None)


def _again(session: Session, arrival: Arrival, before: Message) -> Filed:
    mailbox_id = arrival.mailbox.id if arrival.mailbox else None
    session.add(
        Delivery(message=before, raw_id=arrival.raw_id, mailbox_id=mailbox_id, at=arrival.at)
    )
    return Filed(before, before.case, "the same mail again", again=True)


def _place(session: Session, arrival: Arrival, match: Match | None, known: Shelf) -> Filed:
    refusal = _refusal(arrival, match)
    if match is None or refusal:
        return _open(session, arrival, match, refusal or "new case", known)
    case = match.case
    joins = telling.joins(case, arrival)
    if not joins:
        return _open(session, arrival, match, "new case after the reopen window", known)
    _admit(session, arrival, match, known)
    message = _message(session, arrival, case, match.rule, match.matched)
    was_open = case.is_open
    telling.tell(case, message, arrival)
    return Filed(message, case, match.rule, reopened=case.is_open and not was_open)


def _refusal(arrival: Arrival, match: Match | None) -> str:
    """Why a mail must not join the case it points to, or ""."""
    if match is None:
        return ""
    if match.stranger:
        return "new case: a stranger refers to a known mail"
    if arrival.mail.trust is Trust.FAIL:
        return "quarantine: the sender's authentication failed"
    return ""


def _open(
    session: Session, arrival: Arrival, match: Match | None, rule: str, known: Shelf
) -> Filed:
    contact = _contact(session, arrival, known)
    case = telling.new_case(arrival, contact)
    case.snippet = _snippet(arrival.mail)
    session.add(case)
    if match is not None:
        case.linked_to_id = match.case.id
    _take_part(session, case, _customer(arrival.mail), Part.CUSTOMER, known)
    _copy_in(session, arrival.mail, case, known)
    message = _message(session, arrival, case, rule, match.matched if match else "")
    message.quarantined = rule.startswith("quarantine")
    telling.tell(case, message, arrival)
    if not case.bulk:
        known.newest[contact] = case
    return Filed(message, case, rule, opened=not case.bulk)


def _customer(mail: Mail) -> str:
    """Whose matter it is: of a bot's or an agent's mail the customer it speaks of."""
    if mail.origin is Origin.OWN and mail.to:
        return mail.to[0].address
    about = mail.speaker.customer if mail.origin in (Origin.BOT, Origin.AGENT) else None
    return about or mail.sender.address


def _contact(session: Session, arrival: Arrival, known: Shelf) -> Contact:
    address = _customer(arrival.mail)
    contact = known.contacts.get(normalised(address))
    if contact is None:
        name = arrival.mail.sender.name if address == arrival.mail.sender.address else ""
        contact = introduce(session, address, name=name[:200], at=arrival.at)
        if address:
            known.contacts[normalised(address)] = contact
    return contact


def _admit(session: Session, arrival: Arrival, match: Match, known: Shelf) -> None:
    """A new address that holds one of our signed ids becomes visible, and gets nothing yet."""
    mail = arrival.mail
    if mail.origin is Origin.CUSTOMER and not known.knows(match.case, mail.sender.address):
        contact = known.contacts.get(normalised(mail.sender.address))
        same_person = contact is not None and contact.id == match.case.contact_id
        part = Part.CUSTOMER if same_person else Part.NEWCOMER
        _take_part(session, match.case, mail.sender.address, part, known)
    if mail.origin in (Origin.CUSTOMER, Origin.AGENT):
        _copy_in(session, mail, match.case, known)


def _copy_in(session: Session, mail: Mail, case: Case, known: Shelf) -> None:
    for one in (*mail.to[:20], *mail.cc[:20]):
        if one.address and one.address not in mail.delivered_to:
            _take_part(session, case, one.address, Part.COPIED, known)


def _take_part(session: Session, case: Case, address: str, part: Part, known: Shelf) -> None:
    value = normalised(address)
    if value and value not in known.parties[case]:
        known.parties[case].add(value)
        session.add(Participant(case=case, address=value, part=part))


def _message(session: Session, arrival: Arrival, case: Case, rule: str, matched: str) -> Message:
    mail = arrival.mail
    message = Message(
        case=case,
        raw_id=arrival.raw_id,
        direction=Direction.OUT if mail.origin in (Origin.AGENT, Origin.OWN) else Direction.IN,
        origin=mail.origin,
        origin_rule=mail.speaker.rule,
        rfc_id=mail.message_id[:1000],
        sender=mail.sender.address,
        sender_name=mail.sender.name,
        to=[one.address for one in mail.to[:200]],
        cc=[one.address for one in mail.cc[:200]],
        reply_to=mail.reply_to[0].address if mail.reply_to else "",
        subject=mail.subject,
        text=mail.text,
        new_text=mail.new_text,
        has_html=bool(mail.html),
        attachments=[_as_row(file) for file in mail.attachments],
        sent_at=mail.sent_at,
        arrived_at=arrival.at,
        rule=rule,
        matched=matched,
        trust=mail.trust,
        defects=list(mail.defects),
        to_tag=mail.origin is Origin.CUSTOMER and not arrival.history,
    )
    session.add(message)
    return message


def _as_row(file: Attachment) -> dict[str, object]:
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "part": file.part,
        "content_id": file.content_id,
        "inline": file.inline,
    }


def _learn_ids(session: Session, filed: Filed, mail: Mail, known: Shelf) -> None:
    """Remember the mail's own id and its references for the mails that will answer it."""
    ids = ((mail.message_id, filed.message), *((ref, None) for ref in shelf.references(mail)))
    for rfc_id, message in ids:
        if not rfc_id:
            continue
        here = next((row for row in known.ids[rfc_id] if row.case is filed.case), None)
        if here is None:
            row = KnownId(rfc_id=rfc_id[:1000], case=filed.case, message=message)
            session.add(row)
            known.remember(row)
        elif message is not None and here.message is None:
            here.message = message


def _snippet(mail: Mail) -> str:
    return " ".join((mail.new_text or mail.text)[: 4 * SNIPPET].split())[:SNIPPET]
