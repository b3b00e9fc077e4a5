"""Labels follow the filing in their own time: type, sentiment, anger, urgency, signals."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from sqlalchemy import select

from bot import queues
from cases import clock, tags
from cases.db import reading, transaction
from cases.mail import own_words
from cases.message import Message
from cases.taxonomy import following
from classifiers.labels import Labels, Text
from inbox.intake import chosen

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
    """Write the labels on the messages and their cases."""
    said = dict(zip((int(text.id) for text in texts), labels, strict=True))
    with transaction() as session:
        tags.write(session, said, clock.now())
        queues.announce(session, "cases")
