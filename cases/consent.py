"""What people want to be written about: refusals hold at once, wishes only when confirmed.

A refusal is an exclusion, so every sender learns of it. A wish is asked back by mail (double
opt-in): only what the owner of the mailbox confirms takes a refusal away.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import signing
from cases.contact import Identifier, Kind
from cases.db import Base
from cases.exclusions.changes import note_contact
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import Set, exclude

ASK_LASTS = timedelta(days=7)
_REFUSALS = (Reason.UNSUBSCRIBED_ALL, Reason.UNSUBSCRIBED_TOPIC)


class Topic(Base):
    """Something the shop writes about, which people can want or not."""

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_es: Mapped[str]
    name_en: Mapped[str]
    retired_at: Mapped[datetime | None]

    def name(self, language: str) -> str:
        """As people of that language read it."""
        return self.name_es if language == "es" else self.name_en


class OptIn(Base):
    """Somebody wished to be written to; it counts from the moment they confirmed it by mail."""

    __tablename__ = "opt_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    identifier_id: Mapped[int]
    topics: Mapped[list[str]]
    asked_at: Mapped[datetime]
    source: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    """When they refused after all, or asked again: the older link confirms nothing more."""


class Wish(StrEnum):
    """How somebody stands to a topic."""

    WANTED = "wanted"
    REFUSED = "refused"
    ASKED = "asked"
    """They wished it, and have not confirmed it yet."""
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Choices:
    """All that somebody chose."""

    nothing: bool
    """They never want marketing at all."""
    topics: dict[str, Wish]


def token(identifier_id: int) -> str:
    """What stands in a person's links instead of their address."""
    return f"{identifier_id}-{signing.sign('mail-choices', str(identifier_id))}"


def whose(session: Session, said: str) -> Identifier | None:
    """The address that such a link was made for, or None if we did not make it."""
    number = _signed("mail-choices", said)
    found = session.get(Identifier, number) if number is not None else None
    return found if found is not None and found.kind is Kind.ADDRESS else None


def _signed(purpose: str, said: str) -> int | None:
    number, _dash, mac = said.partition("-")
    real = number.isascii() and number.isdecimal() and len(number) <= 9 and mac.isascii()
    return int(number) if real and signing.verify(purpose, number, mac) else None


def topics(session: Session) -> Sequence[Topic]:
    """What the shop writes about."""
    return session.scalars(
        select(Topic).where(Topic.retired_at.is_(None)).order_by(Topic.code)
    ).all()


def choices(session: Session, contact_id: int) -> Choices:
    """How somebody stands to each topic."""
    wishes = session.scalars(select(OptIn).where(OptIn.contact_id == contact_id)).all()
    return _weighed(topics(session), _refusals(session, contact_id), wishes)


def looked_at(
    session: Session, contact_id: int, holds: Sequence[Exclusion]
) -> tuple[Sequence[Topic], Choices]:
    """The topics and the same choices in one statement, where the person's holds are known."""
    rows = session.execute(
        select(Topic, OptIn)
        .outerjoin(OptIn, OptIn.contact_id == contact_id)
        .where(Topic.retired_at.is_(None))
        .order_by(Topic.code)
    ).all()
    offered = list(dict.fromkeys(row[0] for row in rows))
    wishes = dict.fromkeys(row[1] for row in rows if row[1] is not None)
    refusals = [one for one in holds if one.reason in _REFUSALS]
    return offered, _weighed(offered, refusals, wishes)


def _weighed(
    offered: Sequence[Topic], living: Sequence[Exclusion], wishes: Collection[OptIn]
) -> Choices:
    """What was said last of all counts: a wish that waits, a refusal, a wish that was confirmed."""
    refused = {one for row in living for one in row.topics}
    wanted = {one for row in wishes if row.confirmed_at is not None for one in row.topics}
    asked = {
        one
        for row in wishes
        if row.confirmed_at is None and row.dropped_at is None
        for one in row.topics
    }
    order = ((asked, Wish.ASKED), (refused, Wish.REFUSED), (wanted, Wish.WANTED))
    found = {
        topic.code: next((wish for ones, wish in order if topic.code in ones), Wish.UNSAID)
        for topic in offered
    }
    nothing = any(row.reason is Reason.UNSUBSCRIBED_ALL for row in living)
    return Choices(nothing, found)


def _refusals(session: Session, contact_id: int) -> Sequence[Exclusion]:
    return session.scalars(
        select(Exclusion)
        .where(
            Exclusion.contact_id == contact_id,
            Exclusion.reason.in_(_REFUSALS),
            Exclusion.lifted_at.is_(None),
        )
        .order_by(Exclusion.id)
        .with_for_update()
    ).all()


def refuse_all(
    session: Session, contact_id: int, *, by: str, evidence: str = "", why: str = "", at: datetime
) -> None:
    """They never want marketing again; said twice it is still said once."""
    _drop_asked(session, contact_id, None, at)
    if not any(one.reason is Reason.UNSUBSCRIBED_ALL for one in _refusals(session, contact_id)):
        wish = Set(Reason.UNSUBSCRIBED_ALL, evidence=evidence, note=why)
        exclude(session, contact_id, wish, by=by, at=at)


def refuse(
    session: Session,
    contact_id: int,
    topic: str,
    *,
    by: str,
    evidence: str = "",
    why: str = "",
    at: datetime,
) -> None:
    """They want nothing about that topic."""
    _drop_asked(session, contact_id, topic, at)
    if not any(topic in one.topics for one in _refusals(session, contact_id)):
        wish = Set(Reason.UNSUBSCRIBED_TOPIC, topics=(topic,), evidence=evidence, note=why)
        exclude(session, contact_id, wish, by=by, at=at)


def _drop_asked(session: Session, contact_id: int, topic: str | None, at: datetime) -> None:
    waiting = select(OptIn).where(
        OptIn.contact_id == contact_id, OptIn.confirmed_at.is_(None), OptIn.dropped_at.is_(None)
    )
    for one in session.scalars(waiting):
        if topic is None or topic in one.topics:
            one.dropped_at = at


def ask(
    session: Session, identifier: Identifier, wanted: Sequence[str], *, by: str, at: datetime
) -> OptIn:
    """They wish to be written to about that; it waits for their confirmation."""
    _drop_asked(session, identifier.contact_id, None, at)
    wish = OptIn(
        contact_id=identifier.contact_id,
        identifier_id=identifier.id,
        topics=list(dict.fromkeys(wanted)),
        asked_at=at,
        source=by,
    )
    session.add(wish)
    session.flush()
    return wish


def confirmation(opt_in_id: int) -> str:
    """What stands in the link that confirms."""
    return f"{opt_in_id}-{signing.sign('opt-in', str(opt_in_id))}"


def asked_by(session: Session, said: str, *, at: datetime) -> OptIn | None:
    """The wish that such a link is about, while it can be confirmed or is already."""
    number = _signed("opt-in", said)
    wish = session.get(OptIn, number, with_for_update=True) if number is not None else None
    if wish is None or (wish.dropped_at is not None and wish.confirmed_at is None):
        return None
    return wish if wish.confirmed_at is not None or at <= wish.asked_at + ASK_LASTS else None


def confirm(session: Session, wish: OptIn, *, at: datetime) -> None:
    """The owner of the mailbox means it: what they had refused of it is lifted."""
    if wish.confirmed_at is not None:
        return
    wish.confirmed_at = at
    for row in _refusals(session, wish.contact_id):
        left = [topic for topic in row.topics if topic not in wish.topics]
        if row.reason is Reason.UNSUBSCRIBED_TOPIC and len(left) == len(row.topics):
            continue
        row.lifted_at, row.lifted_by, row.lift_reason = at, "the person", f"opt-in {wish.id}"
        for topic in (
            left if row.reason is Reason.UNSUBSCRIBED_TOPIC else _not_wished(session, wish)
        ):
            said: dict[str, Any] = {"topics": (topic,), "evidence": f"opt-in:{wish.id}"}
            kept = Set(Reason.UNSUBSCRIBED_TOPIC, **said)
            exclude(session, wish.contact_id, kept, by=row.origin, at=at)
    session.flush()
    note_contact(session, wish.contact_id)


def _not_wished(session: Session, wish: OptIn) -> list[str]:
    """Who wanted nothing at all and now wants one topic has not asked for the others."""
    return [one.code for one in topics(session) if one.code not in wish.topics]
