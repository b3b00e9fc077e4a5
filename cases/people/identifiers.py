"""By what a person is known: addresses, phones and customer numbers, each of one person alone."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.contact import Contact, Identifier, Kind, normalised
from cases.people.phones import e164

LONGEST_ADDRESS, LONGEST_NUMBER = 320, 200
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\]{1,255}")
Name = tuple[Kind, str]


class NotAnIdentifier(ValueError):
    """The text names nobody."""


class SomebodyElses(Exception):
    """The identifier belongs to another contact: the two may be one person."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(f"it belongs to contact {contact_id}")


def matched(kind: Kind, text: str, country: str = "") -> str:
    """The text as it is matched; raises NotAnIdentifier or NotAPhone."""
    if kind is Kind.PHONE:
        return e164(text, country)
    value = normalised(text) if kind is Kind.ADDRESS else text.strip()
    longest = LONGEST_ADDRESS if kind is Kind.ADDRESS else LONGEST_NUMBER
    if not value or len(value) > longest or not value.isprintable():
        raise NotAnIdentifier(f"this is no {kind.value}")
    if kind is Kind.ADDRESS and not _ADDRESS.fullmatch(value):
        raise NotAnIdentifier("this is no e-mail address")
    return value


def known_as(session: Session, names: Iterable[Name]) -> list[Identifier]:
    """Those among the identifiers that somebody has."""
    each = [(Identifier.kind == kind) & (Identifier.value == value) for kind, value in names]
    if not each:
        return []
    return list(session.scalars(select(Identifier).where(or_(*each)).order_by(Identifier.id)))


def give(session: Session, contact: Contact, kind: Kind, text: str) -> Identifier:
    """They are known by that too. Raises SomebodyElses, NotAnIdentifier, NotAPhone."""
    value = matched(kind, text, contact.country or "")
    for known in known_as(session, [(kind, value)]):
        if known.contact_id != contact.id:
            raise SomebodyElses(known.contact_id)
        return known
    made = Identifier(kind=kind, value=value, original=text.strip())
    contact.identifiers.append(made)
    session.flush()
    return made


def meet_as(session: Session, names: Iterable[Name], *, name: str, at: datetime) -> Contact:
    """The contact whom the first known identifier names, made now if none does.

    What nobody has becomes theirs; what somebody else has stays there, for people to look at.
    """
    wanted = list(dict.fromkeys(names))
    known = {(one.kind, one.value): one for one in known_as(session, wanted)}
    first = next((known[one] for one in wanted if one in known), None)
    contact = first.contact if first is not None else Contact(name=name, created_at=at)
    session.add(contact)
    for kind, value in wanted:
        if (kind, value) not in known:
            contact.identifiers.append(Identifier(kind=kind, value=value, original=value))
    session.flush()
    return contact
