"""Two contacts who are one person made one, and that undone, while mail goes on coming in.

Nothing is copied: addresses, cases and exclusions are moved, and the record says which. Whoever
looked a contact up before the merge and writes afterwards is followed at the end of their
transaction; the head of the feed, which all of them lock, puts the two in order.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.case import Case, Part, Participant
from cases.consent import OptIn
from cases.contact import Contact, Identifier
from cases.db import Base
from cases.exclusions import feed, reweighing
from cases.exclusions.changes import note_contact
from cases.exclusions.reasons import RULES
from cases.exclusions.rows import Exclusion
from cases.order import Order
from cases.people import profile
from cases.rows.among import among

OF_A_PERSON: tuple[Any, ...] = (Identifier, Case, Exclusion, OptIn, Order)
"""What belongs to a contact and goes with them."""
_STANDS = text("undone_at IS NULL")


class SamePerson(Exception):
    """A contact cannot be merged into itself."""


class AlreadyMerged(Exception):
    """The contact was merged into another before."""


class NotMerged(Exception):
    """The contact is not merged into another, so there is nothing to undo."""


class ContactMerge(Base):
    """One contact became part of another: what moved, and how both were before."""

    __tablename__ = "contact_merge"
    __table_args__ = (
        Index(
            "uq_contact_merge_standing",
            "contact_id",
            unique=True,
            postgresql_where=_STANDS,
            sqlite_where=_STANDS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime]
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Table -> ids of the rows that went along."""
    newest: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Table -> the highest id there was: what is above it came since."""
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")


def merge(
    session: Session, contact_id: int, into_id: int, *, by: str, at: datetime
) -> ContactMerge:
    """They are one person, known by the second row from now on.

    Raises SamePerson, AlreadyMerged. Wants the lock of the filing where mail comes in meanwhile.
    """
    contact, into = _locked(session, contact_id, final(session, into_id))
    record = ContactMerge(contact_id=contact.id, into_id=into.id, by=by, at=at)
    record.newest = {one.__tablename__: _newest(session, one) for one in OF_A_PERSON}
    record.moved = {one.__tablename__: _ids(session, one, contact.id) for one in OF_A_PERSON}
    record.before = profile.combine(into, contact)
    contact.merged_into_id = into.id
    session.add(record)
    session.flush()
    for one in OF_A_PERSON:
        _move(session, one, record.moved[one.__tablename__], into.id)
    _both_noted(session, contact, into)
    return record


def final(session: Session, contact_id: int) -> int:
    """The contact, or the one that it was merged into at last."""
    seen = {contact_id}
    while True:
        into = session.scalar(select(Contact.merged_into_id).where(Contact.id == contact_id))
        if into is None or into in seen:
            return contact_id
        seen.add(into)
        contact_id = into


def _locked(session: Session, contact_id: int, into_id: int) -> tuple[Contact, Contact]:
    """Both, as they are now; nobody gives either of them a case or an address until we are done.

    Cases first, as everybody who works on a case locks it before its contact.
    """
    if contact_id == into_id:
        raise SamePerson(f"contact {contact_id} cannot be merged into itself")
    both = (contact_id, into_id)
    cases = select(Case.id).where(Case.contact_id.in_(both)).order_by(Case.id)
    session.execute(cases.with_for_update()).all()
    wanted = select(Contact).where(Contact.id.in_(both)).order_by(Contact.id)
    rows = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    found = {one.id: one for one in rows}
    contact, into = found[contact_id], found[into_id]
    if contact.merged_into_id is not None or into.merged_into_id is not None:
        raise AlreadyMerged(f"contact {contact_id} or {into_id} was merged before")
    return contact, into


def _newest(session: Session, table: Any) -> int:
    return session.scalar(select(func.max(table.id))) or 0


def _ids(session: Session, table: Any, contact_id: int) -> list[int]:
    mine = select(table.id).where(table.contact_id == contact_id).order_by(table.id)
    return list(session.scalars(mine))


def _move(session: Session, table: Any, ids: Collection[int], contact_id: int) -> None:
    if ids:
        session.execute(update(table).where(among(table.id, ids)).values(contact_id=contact_id))


def _both_noted(session: Session, *contacts: Contact) -> None:
    for contact in contacts:
        note_contact(session, contact.id)
        reweighing.note(session, contact.id)
    session.flush()
    session.expire_all()


def undo(session: Session, contact_id: int, *, by: str, at: datetime) -> Contact:
    """They are two people after all: each gets back what was theirs, and what came for it since.

    Raises NotMerged.
    """
    record = _standing(session, contact_id)
    into_id = final(session, record.into_id)
    contact, into = _both(session, contact_id, into_id)
    for one in OF_A_PERSON:
        theirs = _still_there(session, one, record.moved[one.__tablename__], into_id)
        _move(session, one, theirs, contact_id)
    session.flush()
    _move(session, Case, _came_since(session, record, contact_id, into_id), contact_id)
    _refuse_for_both(session, record, contact_id, into_id)
    profile.part(into, record.before)
    contact.merged_into_id = None
    record.undone_at, record.undone_by = at, by
    _both_noted(session, contact, into)
    return contact


def _standing(session: Session, contact_id: int) -> ContactMerge:
    wanted = select(ContactMerge).where(
        ContactMerge.contact_id == contact_id, ContactMerge.undone_at.is_(None)
    )
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise NotMerged(f"contact {contact_id} is not merged into another")
    return found


def _both(session: Session, contact_id: int, into_id: int) -> tuple[Contact, Contact]:
    cases = select(Case.id).where(Case.contact_id == into_id).order_by(Case.id)
    session.execute(cases.with_for_update()).all()
    wanted = select(Contact).where(Contact.id.in_((contact_id, into_id))).order_by(Contact.id)
    rows = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    found = {one.id: one for one in rows}
    return found[contact_id], found[into_id]


def _still_there(session: Session, table: Any, ids: list[int], into_id: int) -> list[int]:
    """Those of the moved rows that nobody gave to somebody else meanwhile."""
    wanted = select(table.id).where(among(table.id, ids), table.contact_id == into_id)
    return list(session.scalars(wanted))


def _came_since(session: Session, record: ContactMerge, contact_id: int, into_id: int) -> list[int]:
    """Cases that were opened since by one of the addresses that go back."""
    addresses = select(Identifier.value).where(Identifier.contact_id == contact_id)
    wanted = (
        select(Case.id)
        .join(Participant, Participant.case_id == Case.id)
        .where(
            Case.contact_id == into_id,
            Case.id > record.newest[Case.__tablename__],
            Participant.part == Part.CUSTOMER,
            Participant.address.in_(addresses),
        )
    )
    return list(session.scalars(wanted.distinct()))


def _refuse_for_both(session: Session, record: ContactMerge, contact_id: int, into_id: int) -> None:
    """What somebody set while they were one holds for both: nobody knows whom it was meant for."""
    set_by_people = [reason for reason, rule in RULES.items() if not rule.derived]
    rows = session.scalars(
        select(Exclusion).where(
            Exclusion.contact_id == into_id,
            Exclusion.id > record.newest[Exclusion.__tablename__],
            Exclusion.reason.in_(set_by_people),
            Exclusion.identifier_id.is_(None),
            Exclusion.lifted_at.is_(None),
        )
    ).all()
    columns = [one.key for one in Exclusion.__mapper__.column_attrs if one.key != "id"]
    for row in rows:
        said = {name: getattr(row, name) for name in columns}
        session.add(Exclusion(**said | {"contact_id": contact_id}))
    session.flush()


def settle(session: Session) -> None:
    """Called at the end of every transaction: what was written for somebody who was merged
    meanwhile goes to the one they are now."""
    noted: set[Case] = session.info.get("noted", set())
    moved: list[Identifier] = session.info.get("moved", [])
    contacts: set[int] = {*session.info.get("noted_contacts", set())}
    contacts |= {case.contact_id for case in noted} | {one.contact_id for one in moved}
    if not contacts:
        return
    feed.take(session)
    gone = select(Contact.id).where(
        among(Contact.id, contacts), Contact.merged_into_id.is_not(None)
    )
    for contact_id in session.scalars(gone).all():
        _follow(session, contact_id)


def _follow(session: Session, contact_id: int) -> None:
    into_id = final(session, contact_id)
    for one in OF_A_PERSON:
        _move(session, one, _ids(session, one, contact_id), into_id)
    note_contact(session, contact_id)
    note_contact(session, into_id)
    reweighing.note(session, into_id)
