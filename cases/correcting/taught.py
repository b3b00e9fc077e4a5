"""What people taught the classifiers: the corrections that stand, each with its text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.correcting.correction import Correction, Field
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.mail import own_words
from cases.message import Message

MOST = 5_000
TELLING = 4_000
"""Of longer texts no more is learned."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A text, and what people said of it; empty where nobody said."""

    message: int
    subject: str
    text: str
    language: str
    at: datetime
    type: str = ""
    mood: str = ""


def taught(session: Session, *, most: int = MOST) -> list[Taught]:
    """The newest of them, oldest first; nothing that an erased person wrote."""
    erased = select(Exclusion.contact_id).where(
        Exclusion.reason == Reason.ERASED, Exclusion.lifted_at.is_(None)
    )
    rows = session.execute(
        select(
            *(Correction.field, Correction.now, Correction.at, Message.id),
            *(Message.subject, Message.new_text, Message.language),
        )
        .join(Message, Message.id == Correction.message_id)
        .join(Case, Case.id == Message.case_id)
        .where(
            Correction.undone_at.is_(None),
            Message.new_text != "",
            Case.contact_id.not_in(erased),
        )
        .order_by(Correction.id.desc())
        .limit(most * 2)
    )
    found = _by_message(rows)
    return sorted(found[:most], key=lambda one: (one.at, one.message))


def _by_message(newest_first: Iterable[Any]) -> list[Taught]:
    """One of each message: what was said last of its type and of its mood."""
    found: dict[int, Taught] = {}
    for row in newest_first:
        text = own_words(row.new_text)[:TELLING]
        empty = Taught(row.id, row.subject, text, row.language, row.at)
        known = found.get(row.id, empty)
        name = "type" if row.field is Field.TYPE else "mood"
        if not getattr(known, name):
            known = replace(known, **{name: row.now})
        found[row.id] = known
    return list(found.values())


def count(session: Session) -> int:
    """How many texts people judged."""
    judged = select(func.count(Correction.message_id.distinct()))
    return session.scalar(judged.where(Correction.undone_at.is_(None))) or 0


def newest(session: Session) -> int:
    """The number of the newest correction, taken back or not; 0 where there is none."""
    return session.scalar(select(func.max(Correction.id))) or 0
