"""What waits, and for how long: the health of the installation in a few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import queues
from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import clock
from cases.db import reading
from cases.language import gettext as _
from cases.message import Message
from inbox.spool import Fate, RawMail
from inbox.web import folders, times
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show

pages = Pages("queues", __name__, url_prefix="/admin/queues")
SLOW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: how much of it, and since when."""

    name: str
    count: str
    oldest: str
    tone: str


@pages.get("")
@allow(Policy.OPERATIONS)
def health() -> Response:
    """The queues."""
    with reading() as session:
        return show(
            session,
            "admin/queues.html",
            title=_("Queues"),
            waiting=_waiting(session),
            depths=[(name, queues.depth(name)) for name in queues.QUEUES],
        )


def _waiting(session: Session) -> Sequence[Waiting]:
    late = OutgoingMail.due_at <= clock.now()
    pending = OutgoingMail.state == Sent.PENDING
    return (
        _line(session, _("Mails to be filed"), RawMail.fetched_at, RawMail.fate == Fate.WAITING),
        _line(session, _("Mails to be sent"), OutgoingMail.due_at, pending & late),
        _line(
            session,
            _("Mails the relay put off"),
            OutgoingMail.queued_at,
            OutgoingMail.state == Sent.DEFERRED,
        ),
        _line(
            session,
            _("Messages to be classified"),
            Message.arrived_at,
            Message.tagged_at.is_(None) & Message.to_tag,
        ),
        _line(session, _("Failed mails"), RawMail.fetched_at, RawMail.fate == Fate.FAILED),
    )


def _line(
    session: Session, name: str, since: InstrumentedAttribute[Any], which: ColumnElement[bool]
) -> Waiting:
    some = select(since.label("since")).where(which).limit(folders.MANY).subquery()
    count, oldest = session.execute(select(func.count(), func.min(some.c.since))).one()
    return Waiting(
        name, folders.said_count(count) or "0", times.ago(oldest) if oldest else "", _tone(oldest)
    )


def _tone(oldest: datetime | None) -> str:
    return "warn" if oldest is not None and clock.now() - oldest > SLOW else "ok"
