"""Whose matter a mail is, and who else takes part in its case."""

from sqlalchemy.orm import Session

from cases.case import Case, Part, Participant
from cases.contact import Contact, introduce
from cases.db import write_at_end
from cases.filing.arrival import Arrival, Belief
from cases.filing.rules import Match
from cases.filing.shelf import Shelf, as_matched
from cases.filing.standing import Standing, is_contact_of, of, standing
from cases.mail import Address, Mail, Origin, Trust

_MOST_COPIED = 20
_PEOPLE = (Origin.CUSTOMER, Origin.AGENT, Origin.OWN)
_SPEAK_FOR_OTHERS = (Origin.BOT, Origin.AGENT, Origin.MARKETING)


def customer_of(mail: Mail, shelf: Shelf) -> Address:
    """Whose matter it is: of what we and our machines wrote, the customer it speaks to or of."""
    about = mail.speaker.customer if mail.origin in _SPEAK_FOR_OTHERS else None
    if about and "@" in about:
        return Address(about)
    if mail.origin in (Origin.OWN, Origin.AGENT):
        return _outside((*mail.to[:5], *mail.cc[:5]), shelf) or mail.sender
    if shelf.is_own(mail.sender.address):
        # A form on our site writes with our address; without this all its users were one customer.
        return _outside(mail.reply_to[:2], shelf) or mail.sender
    return mail.sender


def _outside(named: tuple[Address, ...], shelf: Shelf) -> Address | None:
    return next((one for one in named if one.address and not shelf.is_own(one.address)), None)


def contact_of(session: Session, arrival: Arrival, shelf: Shelf) -> Contact:
    """The contact whose matter the mail is, made now if we never met."""
    customer = customer_of(arrival.mail, shelf)
    value = as_matched(customer.address)
    contact = shelf.contacts.get(value)
    if contact is None:
        address = customer.address if value else ""
        contact = introduce(session, address, name=customer.name[:200], at=arrival.at)
        if value:
            shelf.contacts[value] = contact
    return contact


def settle_in(session: Session, mail: Mail, case: Case, shelf: Shelf) -> None:
    """The customer of a new case, and whom the mail puts in copy."""
    _take_part(session, case, customer_of(mail, shelf).address, Part.CUSTOMER, shelf)
    if mail.origin in _PEOPLE and mail.trust is not Trust.FAIL:
        _copy_in(session, mail, case, shelf)


def is_newcomer(mail: Mail, match: Match, shelf: Shelf) -> bool:
    """A new address that holds one of our signed ids."""
    known = of(mail.sender.address, match.case, shelf) is not Standing.STRANGER
    return match.signed and mail.origin is Origin.CUSTOMER and not known


def admit(session: Session, mail: Mail, match: Match, shelf: Shelf, belief: Belief) -> None:
    """A newcomer becomes visible and gets nothing yet; participants may put others in copy."""
    case = match.case
    if mail.origin is Origin.CUSTOMER:
        part = _part_of(mail, case, shelf)
        if part is not None:
            _take_part(session, case, mail.sender.address, part, shelf)
    if mail.origin in _PEOPLE and standing(mail, case, shelf, belief) is Standing.FULLY:
        _copy_in(session, mail, case, shelf)


def _part_of(mail: Mail, case: Case, shelf: Shelf) -> Part | None:
    """None for a tagged address of somebody who takes part already."""
    contact = shelf.contacts.get(as_matched(mail.sender.address))
    if contact is not None and is_contact_of(contact, case):
        return Part.CUSTOMER
    known = of(mail.sender.address, case, shelf) is not Standing.STRANGER
    return None if known else Part.NEWCOMER


def _copy_in(session: Session, mail: Mail, case: Case, shelf: Shelf) -> None:
    for one in (*mail.to[:_MOST_COPIED], *mail.cc[:_MOST_COPIED]):
        if one.address not in mail.delivered_to:
            _take_part(session, case, one.address, Part.COPIED, shelf)


def _take_part(session: Session, case: Case, address: str, part: Part, shelf: Shelf) -> None:
    value = as_matched(address)
    if value and value not in shelf.parties[case] and not shelf.is_own(value):
        shelf.parties[case][value] = part
        write_at_end(session, Participant, {"case_id": case, "address": value, "part": part})
