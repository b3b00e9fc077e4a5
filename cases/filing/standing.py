"""How a mail's sender stands to a case: the participant check on all that we did not sign."""

from enum import IntEnum

from cases.case import Case, Part
from cases.contact import Contact, normalised
from cases.filing.arrival import Belief
from cases.filing.shelf import Shelf, as_matched
from cases.mail import Mail, Origin, Trust, without_tag

_OF_OURS = (Origin.OWN, Origin.AGENT)


class Standing(IntEnum):
    """What somebody may do in a case; more includes less."""

    STRANGER = 0
    PARTLY = 1
    """Was in copy, or came in with a signed id: may go on where they were written to."""
    FULLY = 2
    """The customer, or somebody an agent agreed to."""


def standing(mail: Mail, case: Case, shelf: Shelf, belief: Belief) -> Standing:
    """How the sender of the mail stands to the case."""
    if belief.trust_all:
        return Standing.FULLY
    if not vouched(mail, belief):
        return Standing.STRANGER
    if mail.origin in _OF_OURS:
        return _of_ours(mail, case, shelf)
    return of(_speaks_for(mail, shelf), case, shelf)


def vouched(mail: Mail, belief: Belief) -> bool:
    """A trusted server said who the sender is, or there is none that could."""
    if mail.trust is Trust.FAIL:
        return False
    return mail.trust is Trust.PASS or not belief.servers_vouch or _never_travelled(mail)


def _never_travelled(mail: Mail) -> bool:
    """What we wrote and laid into a folder ourselves passed no server, which all others do."""
    travelled = any(name in ("received", "authentication-results") for name, _ in mail.headers)
    return mail.origin in _OF_OURS and not travelled


def _of_ours(mail: Mail, case: Case, shelf: Shelf) -> Standing:
    """Our side speaks in a case if it is verified, or writes to the case's customer."""
    if mail.trust is Trust.PASS or names_customer(mail, case, shelf):
        return Standing.FULLY
    return Standing.STRANGER


def names_customer(mail: Mail, case: Case, shelf: Shelf) -> bool:
    """Whether the mail goes to the customer of the case, or speaks for them."""
    named = (*(one.address for one in (*mail.to[:20], *mail.cc[:20])), mail.speaker.customer or "")
    return any(of(address, case, shelf) is Standing.FULLY for address in named)


def _speaks_for(mail: Mail, shelf: Shelf) -> str:
    """A bot speaks for its customer; a form that writes with our address speaks for nobody."""
    if mail.speaker.bot:
        return mail.speaker.customer or ""
    return "" if shelf.is_own(mail.sender.address) else mail.sender.address


def of(address: str, case: Case, shelf: Shelf) -> Standing:
    """How that address stands to the case; plus-tags do not make another person."""
    value = as_matched(address)
    if not value:
        return Standing.STRANGER
    plain = without_tag(value)
    contact = shelf.contacts.get(value) or shelf.contacts.get(plain)
    if contact is not None and is_contact_of(contact, case):
        return Standing.FULLY
    parts = shelf.parties[case]
    part = parts.get(value) or next(
        (each for known, each in parts.items() if without_tag(known) == plain), None
    )
    if part is None:
        return Standing.STRANGER
    return Standing.FULLY if part in (Part.CUSTOMER, Part.CONFIRMED) else Standing.PARTLY


def is_contact_of(contact: Contact, case: Case) -> bool:
    """Compared as objects where one of them was made in this batch and has no number yet."""
    if not case.contact_id or not contact.id:
        return case.contact is contact
    return case.contact_id == contact.id


def wrote(mail: Mail, address: str) -> bool:
    """Whether that address is the sender's."""
    return normalised(mail.sender.address) == normalised(address)
