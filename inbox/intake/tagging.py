"""Labels follow the filing in their own time: type, sentiment, anger, urgency, signals."""

from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues
from cases import clock, course
from cases.case import Case
from cases.db import reading, transaction
from cases.history import What
from cases.mail import own_words
from cases.message import Message
from cases.taxonomy import following
from classifiers.labels import Labels, Text
from classifiers.taxonomy import leaf
from inbox.intake import chosen

BATCH = 64
_working = Lock()


def tag_waiting() -> int:
    """Tag all messages that wait for it; how many were tagged.

    One batch is written while the next one is read by the classifiers.
    """
    following.follow()
    with _working, ThreadPoolExecutor(1) as beside:
        tagged, last = 0, 0
        writing: Future[None] | None = None
        while texts := _untagged(last):
            labels = list(chosen.model().classify(texts))
            if writing is not None:
                writing.result()
            writing = beside.submit(tag, texts, labels)
            tagged, last = tagged + len(texts), int(texts[-1].id)
        if writing is not None:
            writing.result()
        return tagged


def _untagged(last: int) -> list[Text]:
    """The next batch; what was filed with a lower number meanwhile is found the next time."""
    with reading() as session:
        rows = session.execute(
            select(Message.id, Message.subject, Message.new_text)
            .where(Message.tagged_at.is_(None), Message.to_tag, Message.id > last)
            .order_by(Message.id)
            .limit(BATCH)
        )
        return [Text(str(id_), subject, own_words(body)) for id_, subject, body in rows]


def tag(texts: Sequence[Text], labels: Sequence[Labels]) -> None:
    """Write the labels on the messages and their cases."""
    said = dict(zip((int(text.id) for text in texts), labels, strict=True))
    with transaction() as session:
        rows = session.scalars(
            select(Message)
            .where(Message.id.in_(said), Message.tagged_at.is_(None))
            .order_by(Message.case_id, Message.id)
        ).all()
        cases = _taken(session, {message.case_id for message in rows})
        for message in rows:
            _write(message, cases[message.case_id], said[message.id])
        queues.announce(session, "cases")


def _taken(session: Session, ids: Collection[int]) -> dict[int, Case]:
    """The cases, locked as `take` locks one, and in the order in which everybody locks them."""
    rows = session.scalars(
        select(Case)
        .where(Case.id.in_(ids))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {case.id: case for case in rows}


def _write(message: Message, case: Case, labels: Labels) -> None:
    message.tagged_at = clock.now()
    message.language = labels.language
    message.labels = as_row(labels)
    _tell(case, message, labels)


def _tell(case: Case, message: Message, labels: Labels) -> None:
    """The case takes the type of its first tagged message, and the mood of its newest."""
    first = not case.type
    if first and not case.type_by:
        case.type = labels.type
        case.complaint = labels.complaint >= 0.5
        case.needs_review = labels.needs_review
        case.labels = message.labels
    case.sentiment = labels.sentiment.value
    case.anger, case.urgency = labels.anger, labels.urgency
    case.course = course.added(case.course, course.sign_of(message))
    case.happened(What.TAGGED, by="classifier", at=clock.now(), type=labels.type)


def as_row(labels: Labels) -> dict[str, Any]:
    """The labels as they are kept with a message."""
    return {
        "type": leaf(labels.type).code,
        "secondary": labels.secondary,
        "p": round(labels.probability, 4),
        "top3": [{"type": one.type, "p": round(one.probability, 4)} for one in labels.top3],
        "p_complaint": round(labels.complaint, 4),
        "p_negative": round(labels.negative, 4),
        "signals": [signal.value for signal in labels.signals],
        "evidence": [{"signal": one.signal, "words": one.words} for one in labels.evidence],
        "sentiment": labels.sentiment.value,
        "anger": round(labels.anger, 2),
        "urgency": round(labels.urgency, 2),
        "needs_review": labels.needs_review,
        "model": labels.model,
    }
