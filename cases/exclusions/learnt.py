"""What senders and mailboxes told us of people, each event once: told again it changes nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Identifier
from cases.db import Base
from cases.exclusions.reasons import Reason
from cases.exclusions.verbs import Set, exclude
from cases.rows.among import among
from cases.rows.upserting import insert_into

SOFT_WITHIN, SOFT_MANY = timedelta(days=7), 3
"""So many mails came back for now within that time, and the address rests."""
SOFT_LASTS = timedelta(days=7)
MAILBOX = "mailbox"
"""The source of what reports in our own mailboxes tell."""
BOUNCE_SOFT, UNSUBSCRIBE = "bounce_soft", "unsubscribe"
NOBODYS = 0


class Learnt(Base):
    """One event of one sender about one identifier."""

    __tablename__ = "learnt"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index("ix_learnt_identifier_id_what", "identifier_id", "what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[str] = mapped_column(String(200))
    identifier_id: Mapped[int]
    """Of which it was said; NOBODYS where that is gone."""
    what: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


def note(session: Session, **said: object) -> bool:
    """Keep an event; whether it was new, also where two requests tell the same at once."""
    kept = insert_into(session, Learnt).values(**said).on_conflict_do_nothing().returning(Learnt.id)
    return session.scalar(kept) is not None


def known(session: Session, source: str, event_ids: Sequence[str]) -> set[str]:
    """Those of the events that were told before."""
    theirs = Learnt.source == source, among(Learnt.event_id, event_ids)
    return set(session.scalars(select(Learnt.event_id).where(*theirs)))


def detach(session: Session, identifier_id: int) -> None:
    """The identifier is gone: SQLite may give its number to another, of which nothing was said."""
    theirs = update(Learnt).where(Learnt.identifier_id == identifier_id)
    session.execute(theirs.values(identifier_id=NOBODYS))


def came_back(session: Session, one: Identifier, mail: str, at: datetime) -> None:
    """A mail of ours to that address came back for now, says a report in a mailbox.

    A server tells of one mail several times while it goes on trying; that is one event.
    """
    said = {"identifier_id": one.id, "what": BOUNCE_SOFT, "at": at}
    if note(session, source=MAILBOX, event_id=f"{one.id}:{mail}"[:200], **said):
        rest(session, one, by=MAILBOX, evidence=f"report:{mail}"[:200], at=at)


def rest(session: Session, one: Identifier, *, by: str, evidence: str, at: datetime) -> None:
    """Hold marketing back from an address whose mail comes back again and again."""
    if comes_back_often(session, one.id, at):
        until = at + SOFT_LASTS
        wish = Set(Reason.BOUNCE_SOFT, until=until, identifier_id=one.id, evidence=evidence)
        exclude(session, one.contact_id, wish, by=by, at=at)


def comes_back_often(session: Session, identifier_id: int, now: datetime) -> bool:
    """Whether mail to that address came back for now so often that it had better rest."""
    lately = Learnt.at > now - SOFT_WITHIN
    theirs = Learnt.identifier_id == identifier_id, Learnt.what == BOUNCE_SOFT
    count = session.scalar(select(func.count()).select_from(Learnt).where(*theirs, lately))
    return (count or 0) >= SOFT_MANY


def refused_since(session: Session, source: str, identifier_id: int, at: datetime) -> bool:
    """Whether that sender told of a refusal which is newer than that instant."""
    theirs = Learnt.identifier_id == identifier_id, Learnt.what == UNSUBSCRIBE
    newer = select(Learnt.id).where(*theirs, Learnt.source == source, Learnt.at > at)
    return session.scalar(newer.limit(1)) is not None
