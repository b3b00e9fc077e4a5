"""How long each mailbox keeps what was written to it: which cases are due, and what leaves them.

First the words and files go, later the names. What stays is for counting: type, mood, outcome and
times. A case that was reopened is judged by its last end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from cases import erasing
from cases.case import Case, State
from cases.contact import Contact
from cases.mailbox import Mailbox
from cases.message import Delivery, Message
from cases.tag import case_tags

AT_ONCE = 100
BY = "retention"


class Step(StrEnum):
    """What goes."""

    WORDS = "words"
    NAMES = "names"


def days(box: Mailbox, step: Step) -> int | None:
    """How long that mailbox keeps it; None for ever."""
    return box.words_days if step is Step.WORDS else box.names_days


def count_due(session: Session, mailbox_id: int, step: Step, days: int, now: datetime) -> int:
    """How many cases would lose it, were it kept so many days."""
    due = _due(mailbox_id, step, now - timedelta(days=days))
    return session.scalar(select(func.count()).select_from(Case).where(due)) or 0


def next_due(session: Session, step: Step, now: datetime) -> tuple[Mailbox, Sequence[Case]] | None:
    """Some cases of one mailbox that are due, locked; None if there are none anywhere."""
    for box in session.scalars(select(Mailbox).order_by(Mailbox.id)):
        kept = days(box, step)
        if kept is None:
            continue
        due = _due(box.id, step, now - timedelta(days=kept))
        some = select(Case).where(due).order_by(Case.id).limit(AT_ONCE)
        found = session.scalars(some.with_for_update(skip_locked=True)).all()
        if found:
            return box, found
    return None


def _due(mailbox_id: int, step: Step, before: datetime) -> ColumnElement[bool]:
    gone = _gone(step)
    # What was written after a reopening is as due as the rest, once the case has ended again.
    again = gone.is_(None) | (gone < Case.closed_at)
    ended = (Case.state == State.CLOSED) & (Case.closed_at < before)
    return (Case.mailbox_id == mailbox_id) & ended & again


def _gone(step: Step) -> InstrumentedAttribute[datetime | None]:
    return Case.words_gone_at if step is Step.WORDS else Case.names_gone_at


def let_go(session: Session, step: Step, cases: Sequence[Case], *, at: datetime) -> list[int]:
    """The step is done in these cases; gives their raw mails, which the spool is to bury."""
    if step is Step.WORDS:
        raw_ids = _without_words(session, cases)
    else:
        raw_ids = erasing.empty(session, cases, by=BY, at=at)
        for case in cases:
            case.contact = Contact(created_at=case.opened_at)
            case.names_gone_at = at
    for case in cases:
        case.words_gone_at = at
    session.flush()
    return raw_ids


def _without_words(session: Session, cases: Sequence[Case]) -> list[int]:
    case_ids = [case.id for case in cases]
    raw_ids = erasing.raw_mails(session, case_ids)
    for case in cases:
        case.snippet, case.labels = "", {}
    case_tags.forget(session, case_ids)
    nothing = {"text": "", "new_text": "", "attachments": [], "labels": {}, "likeness": ""}
    theirs = select(Message.id).where(Message.case_id.in_(case_ids))
    for change in (
        update(Message)
        .where(Message.case_id.in_(case_ids))
        .values(**nothing, raw_id=None, has_html=False, to_tag=False),
        update(Delivery).where(Delivery.message_id.in_(theirs)).values(raw_id=None),
    ):
        session.execute(change, execution_options={"synchronize_session": "fetch"})
    return raw_ids
