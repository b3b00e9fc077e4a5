"""Labels follow the filing in their own time: type, sentiment, anger, urgency, signals."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import queues
from cases import clock, tags
from cases.db import reading, transaction
from cases.mail import own_words
from cases.message import Message
from cases.taxonomy import following
from classifiers.labels import Labels, Text
from inbox.intake import chosen

log = logging.getLogger(__name__)
# Written in one transaction; the classifiers read half as many at a time.
BATCH = 128
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
    """Write the labels on the messages and their cases; a bug that shows in one is in the log."""
    said = dict(zip((int(text.id) for text in texts), labels, strict=True))
    try:
        _write(said)
    except OperationalError:
        raise
    except Exception:
        log.exception("labels cannot be written together; each message is by itself")
        for message_id, label in said.items():
            _write_alone(message_id, label)


def _write_alone(message_id: int, label: Labels) -> None:
    try:
        _write({message_id: label})
    except OperationalError:
        raise
    except Exception:
        log.exception("message %s cannot have its labels", message_id)


def _write(said: Mapping[int, Labels]) -> None:
    with transaction() as session:
        tags.write(session, said, clock.now())
        queues.announce(session, "cases")
