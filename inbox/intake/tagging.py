"""Labels follow the filing in their own time: type, sentiment, anger, urgency, signals."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues
from cases import clock
from cases.case import Case, take
from cases.db import reading, transaction
from cases.history import What
from cases.message import Message
from classifiers.classify import classify
from classifiers.labels import Labels, Text
from classifiers.taxonomy import leaf

BATCH = 64
_working = Lock()


def tag_waiting() -> int:
    """Tag all messages that wait for it; how many were tagged."""
    with _working:
        tagged = 0
        while texts := _untagged():
            tag(texts, classify(texts))
            tagged += len(texts)
        return tagged


def _untagged() -> list[Text]:
    with reading() as session:
        rows = session.execute(
            select(Message.id, Message.subject, Message.new_text)
            .where(Message.tagged_at.is_(None), Message.to_tag)
            .order_by(Message.id)
            .limit(BATCH)
        )
        return [Text(str(id_), subject, body) for id_, subject, body in rows]


def tag(texts: Sequence[Text], labels: Sequence[Labels]) -> None:
    """Write the labels on the messages and their cases."""
    said = dict(zip((int(text.id) for text in texts), labels, strict=True))
    with transaction() as session:
        rows = session.scalars(
            select(Message)
            .where(Message.id.in_(said), Message.tagged_at.is_(None))
            .order_by(Message.case_id, Message.id)
        ).all()
        for message in rows:
            _write(session, message, said[message.id])
        queues.announce(session, "cases")


def _write(session: Session, message: Message, labels: Labels) -> None:
    message.tagged_at = clock.now()
    message.language = labels.language
    message.labels = as_row(labels)
    _tell(take(session, message.case_id), message, labels)


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
