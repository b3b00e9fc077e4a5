"""How the installation stands, in numbers: for the page of the queues and for the monitoring."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import clock
from cases.mailbox import Mailbox
from cases.message import Message
from cases.settings import settings
from inbox.freshness import Freshness, freshness
from inbox.spool import Fate, RawMail
from inbox.web import folders
from inbox.webhook import Telling

SLOW = timedelta(minutes=2)
LITTLE_ROOM = 0.1
"""The part of the disk that must stay free."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: how much of it, and since when."""

    what: str
    count: int
    oldest: datetime | None

    @property
    def age(self) -> timedelta:
        return clock.now() - self.oldest if self.oldest else timedelta()

    @property
    def is_late(self) -> bool:
        return self.age > SLOW


@dataclass(frozen=True, slots=True)
class Read:
    """How far behind the reading of a mailbox is."""

    id: int
    address: str
    paused: bool
    lag: timedelta | None
    """None: it was never read."""


@dataclass(frozen=True, slots=True)
class Room:
    """The disk that the data lie on."""

    free: int
    total: int

    @property
    def is_little(self) -> bool:
        return self.free < self.total * LITTLE_ROOM


def waiting(session: Session) -> list[Waiting]:
    """Everything that can wait, in one statement."""
    late = (OutgoingMail.due_at <= clock.now()) & (OutgoingMail.state == Sent.PENDING)
    untagged = Message.tagged_at.is_(None) & Message.to_tag
    asked: dict[str, tuple[InstrumentedAttribute[Any], ColumnElement[bool]]] = {
        "filing": (RawMail.fetched_at, RawMail.fate == Fate.WAITING),
        "sending": (OutgoingMail.due_at, late),
        "deferred": (OutgoingMail.queued_at, OutgoingMail.state == Sent.DEFERRED),
        "classifying": (Message.arrived_at, untagged),
        "webhooks": (Telling.created_at, Telling.done_at.is_(None)),
        "failed": (RawMail.fetched_at, RawMail.fate == Fate.FAILED),
    }
    columns = [column for since, which in asked.values() for column in _of(since, which)]
    found = session.execute(select(*columns)).one()
    pairs = zip(found[::2], found[1::2], strict=True)
    return [Waiting(what, n, since) for what, (n, since) in zip(asked, pairs, strict=True)]


def _of(
    since: InstrumentedAttribute[Any], which: ColumnElement[bool]
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    some = select(since.label("since")).where(which).limit(folders.MANY).subquery()
    return (
        select(func.count()).select_from(some).scalar_subquery(),
        select(func.min(some.c.since)).scalar_subquery(),
    )


def reading_of_mail(session: Session) -> list[Read]:
    """All mailboxes, the one furthest behind first."""
    now = clock.now()
    rows = session.scalars(select(Mailbox).order_by(Mailbox.last_ok_at)).all()
    return [Read(one.id, one.address, one.paused, _lag(one, now)) for one in rows]


def _lag(box: Mailbox, now: datetime) -> timedelta | None:
    if box.last_ok_at is None:
        return None
    return now - min(box.last_ok_at, box.failing_since or box.last_ok_at)


def feed(session: Session) -> Freshness:
    """Whether the feed can be believed."""
    return freshness(session, clock.now())


def room() -> Room:
    """The disk of the data."""
    found = shutil.disk_usage(settings().data if settings().data.exists() else ".")
    return Room(found.free, found.total)
