"""Mails of which nobody knows whether the relay took them: settled by proof, or by people."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail, State
from bot.settings import settings
from cases import clock
from cases.case import Case
from cases.db import reading, transaction

A_DAY = timedelta(days=1)
UNDER_WAY = (State.PENDING, State.DEFERRED, State.CLAIMED, State.DATA_SENT)


def give_up_uncertain() -> int:
    """Mails whose worker died while the body was under way: shown to people, never sent again."""
    lost = (OutgoingMail.state == State.DATA_SENT) & (OutgoingMail.leased_until < clock.now())
    return _move(
        lost,
        state=State.UNCERTAIN,
        settled_at=clock.now(),
        last_error="the worker stopped before the relay answered",
    )


def doubt_all(session: Session, now: datetime) -> int:
    """A backup was put back: whether what was due has left since it was made, nobody knows here.

    The journal may know. What was to leave later has not left.
    """
    held = (
        update(OutgoingMail)
        .where(OutgoingMail.state.in_(UNDER_WAY), OutgoingMail.due_at <= now)
        .values(
            state=State.UNCERTAIN,
            settled_at=now,
            leased_until=now,
            last_error="a backup was put back; it may have left before",
        )
        .returning(OutgoingMail.id)
    )
    return len(session.scalars(held).all())


def _move(which: ColumnElement[bool], **values: Any) -> int:
    """Change those mails; a sweep that finds none writes nothing."""
    with reading() as session:
        if session.scalars(select(OutgoingMail.id).where(which).limit(1)).first() is None:
            return 0
    with transaction() as session:
        moved = update(OutgoingMail).where(which).values(**values).returning(OutgoingMail.id)
        return len(session.scalars(moved).all())


def send_unproven_again(journal_read_at: datetime | None) -> int:
    """Uncertain mails whose copy never came although the journal was read since: not taken.

    Recipient and journal are one transaction at the relay, so without a copy nobody got it. Copies
    can be late, though: what people wrote is worth that risk, what bots say is not.
    """
    if journal_read_at is None:
        return 0
    until = journal_read_at - timedelta(seconds=settings().proof_wait_seconds)
    unproven = (OutgoingMail.state == State.UNCERTAIN) & (OutgoingMail.settled_at < until)
    # Of what was on its way to a person who was erased since, nothing is left to be sent.
    unproven &= OutgoingMail.recipient != ""
    sure = or_(~OutgoingMail.automatic, OutgoingMail.id.in_(_surely_not_taken(unproven, until)))
    return _move(unproven & sure, state=State.PENDING, settled_at=None, due_at=clock.now())


def _surely_not_taken(unproven: ColumnElement[bool], until: datetime) -> list[int]:
    """Those of the bots beside which the journal is whole; what is a day old is not said at all."""
    recent = unproven & OutgoingMail.automatic & (OutgoingMail.settled_at > until - A_DAY)
    begun = select(OutgoingMail.id, OutgoingMail.leased_until, Case.mailbox_id)
    with reading() as session:
        rows = session.execute(begun.join(Case).where(recent)).all()
        return [
            row.id
            for row in rows
            if _journal_is_whole(session, row.mailbox_id, row.leased_until, until)
        ]


def _journal_is_whole(
    session: Session, mailbox_id: int, leased_until: datetime, until: datetime
) -> bool:
    """All that the relay took since that mail began to leave has its copy, and it took some.

    A journal that is late is late for the mails beside it too, so it shows.
    """
    since = leased_until - timedelta(seconds=settings().send_lease_seconds)
    seen = OutgoingMail.copy_seen_at.is_not(None)
    beside = (
        select(func.count(), func.count().filter(seen))
        .join(Case, Case.id == OutgoingMail.case_id)
        .where(Case.mailbox_id == mailbox_id, OutgoingMail.state == State.ACCEPTED)
        .where(OutgoingMail.settled_at.between(since, until))
    )
    taken, copied = session.execute(beside.select_from(OutgoingMail)).one()
    return bool(0 < taken == copied)
