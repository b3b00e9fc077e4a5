"""By what a person is known, changed by hand: added, taken away, and which address comes first.

Nothing that was refused is lost by it: while a refusal stands, no address is let go.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Contact, Identifier, Kind
from cases.exclusions import learnt
from cases.exclusions.changes import note_contact
from cases.exclusions.reasons import RULES, Group, Severity
from cases.exclusions.rows import Exclusion

_REFUSALS = tuple(
    reason
    for reason, rule in RULES.items()
    if rule.group is Group.CONSENT or (rule.severity is Severity.HARD and not rule.derived)
)
"""What follows from cases goes on by itself; what somebody said does not."""


class LastOne(Exception):
    """Without this one nobody would know who they are."""


class RefusalStands(Exception):
    """They refused mail, and the address would be free of that."""


def take_away(session: Session, contact: Contact, identifier_id: int) -> None:
    """They are no longer known by that. Raises LookupError, LastOne, RefusalStands."""
    one = _theirs(contact, identifier_id)
    if len(contact.identifiers) < 2:
        raise LastOne
    standing = select(Exclusion).where(
        Exclusion.contact_id == contact.id,
        Exclusion.lifted_at.is_(None),
        Exclusion.reason.in_(_REFUSALS) | (Exclusion.identifier_id == one.id),
    )
    if session.scalars(standing.limit(1)).first() is not None:
        raise RefusalStands
    learnt.detach(session, one.id)
    session.delete(one)
    session.flush()
    session.expire(contact, ["identifiers"])
    note_contact(session, contact.id)


def put_first(contact: Contact, identifier_id: int) -> None:
    """We write to that address of theirs. Raises LookupError."""
    chosen = _theirs(contact, identifier_id)
    if chosen.kind is not Kind.ADDRESS:
        raise LookupError("only addresses come first")
    for one in contact.identifiers:
        one.preferred = one is chosen


def _theirs(contact: Contact, identifier_id: int) -> Identifier:
    found = next((one for one in contact.identifiers if one.id == identifier_id), None)
    if found is None:
        raise LookupError(f"contact {contact.id} has no identifier {identifier_id}")
    return found
