"""Mails of which nobody knows whether the relay took them: settled by proof, or by people."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from bot.outbox import OutgoingMail, State
from bot.settings import settings
from cases import clock
from cases.db import reading, transaction


def give_up_uncertain() -> int:
    """Mails whose worker died while the body was under way: shown to people, never sent again."""
    lost = (OutgoingMail.state == State.DATA_SENT) & (OutgoingMail.leased_until < clock.now())
    return _move(
        lost,
        state=State.UNCERTAIN,
        settled_at=clock.now(),
        last_error="the worker stopped before the relay answered",
    )


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
    can be late, though: what people wrote is worth that risk, what bots say is never said twice.
    """
    wait = timedelta(seconds=settings().proof_wait_seconds)
    if journal_read_at is None:
        return 0
    unproven = (
        (OutgoingMail.state == State.UNCERTAIN)
        & ~OutgoingMail.automatic
        & (OutgoingMail.settled_at < journal_read_at - wait)
    )
    return _move(unproven, state=State.PENDING, settled_at=None, due_at=clock.now())
