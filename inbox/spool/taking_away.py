"""Takes the example away without a trace: its rows, and all rows that belong to them.

What belongs to what, the tables say themselves: a row goes with the row that it cannot be without,
and one that only points at a row that goes points at nothing afterwards.
"""

from collections import defaultdict

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Table,
    delete,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from cases.contact import Identifier
from cases.db import Base
from cases.exclusions.changes import note_contact
from cases.exclusions.rows import Exclusion, FeedEntry
from cases.exclusions.touches import Pressure
from cases.message import Message
from inbox.spool import example
from inbox.spool.rows import RawContent, RawMail

Doomed = dict[str, set[int]]


def cases(session: Session) -> list[int]:
    """First the cases: what they held back is freed, and who follows the feed is told.

    Gives the customers that are to go next. Raises example.HoldsRealMail.
    """
    box = example.mailbox(session)
    if box is None:
        return []
    gone = example.case_ids(session, box)
    contacts = example.contact_ids(session, gone)
    raw = Message.raw_id.in_(select(RawMail.id).where(RawMail.mailbox_id == box.id))
    session.execute(update(Message).where(raw).values(raw_id=None))
    contents = set(session.scalars(select(RawMail.sha256).where(RawMail.mailbox_id == box.id)))
    _take(session, {"cases": set(gone), "mailbox": {box.id}})
    still = select(RawMail.sha256)
    session.execute(
        delete(RawContent).where(RawContent.sha256.in_(contents), RawContent.sha256.not_in(still))
    )
    session.expire_all()
    for one in contacts:
        note_contact(session, one)
    return contacts


def people(session: Session, contact_ids: list[int]) -> None:
    """Then the customers, of whom nothing is held back any more."""
    for table in (Exclusion, FeedEntry):
        session.execute(delete(table).where(table.contact_id.in_(contact_ids)))
    of_them = select(Identifier.kind, Identifier.value).where(
        Identifier.contact_id.in_(contact_ids)
    )
    session.execute(delete(Pressure).where(tuple_(Pressure.kind, Pressure.value).in_(of_them)))
    session.flush()
    _take(session, {"contact": set(contact_ids)})
    session.expire_all()


def left(session: Session) -> bool:
    """Whether anybody of the example is still known."""
    known = select(Identifier.id).where(Identifier.value.in_(example.people())).limit(1)
    return session.scalars(known).first() is not None


def _take(session: Session, first: Doomed) -> None:
    """Delete those rows, and before them all that cannot be without them."""
    tables = Base.metadata.sorted_tables
    doomed: Doomed = defaultdict(set, first)
    for table in tables:
        if "id" in table.c and (needs := _pointers(table, doomed, nullable=False)):
            theirs = select(table.c.id).where(_any(needs, doomed))
            doomed[table.name] |= set(session.scalars(theirs))
    for table in tables:
        for column, parent in _pointers(table, doomed, nullable=True):
            which = column.in_(doomed[parent])
            session.execute(update(table).where(which).values({column.name: None}))
    for table in reversed(tables):
        if "id" not in table.c and (needs := _pointers(table, doomed, nullable=False)):
            session.execute(delete(table).where(_any(needs, doomed)))
        elif doomed.get(table.name):
            session.execute(delete(table).where(table.c.id.in_(doomed[table.name])))


def _pointers(table: Table, doomed: Doomed, *, nullable: bool) -> list[tuple[Column[int], str]]:
    """The columns of the table that point at rows that go."""
    keys: list[ForeignKey] = sorted(table.foreign_keys, key=lambda one: one.parent.name)
    found = [(one.parent, one.column.table.name) for one in keys]
    return [(c, parent) for c, parent in found if c.nullable is nullable and doomed.get(parent)]


def _any(needs: list[tuple[Column[int], str]], doomed: Doomed) -> ColumnElement[bool]:
    return or_(*(column.in_(doomed[parent]) for column, parent in needs))
