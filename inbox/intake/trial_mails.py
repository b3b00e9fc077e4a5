"""The mails that a trial of rules looks at: those of the last days, or of a mailbox file."""

import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select

from bot.rules.trials import Trial
from cases import clock
from cases.db import reading
from inbox import spool
from inbox.intake.mbox import read_mbox
from inbox.spool import RawMail

MOST_MAILS = 5000
LARGEST_FILE = 200 * 2**20
"""Unpacked; a file that unpacks to more is no mailbox."""


@dataclass(frozen=True, slots=True)
class Source:
    """One mail to look at again."""

    n: int
    content: bytes
    at: datetime | None = None
    mailbox_id: int | None = None
    raw_id: int | None = None


def sources(trial: Trial) -> tuple[int, Iterator[Source]]:
    """How many mails there are, and the mails."""
    if trial.file is not None:
        content = zlib.decompressobj().decompress(trial.file, LARGEST_FILE)
        mails = [Source(n, one) for n, one in enumerate(read_mbox(io.BytesIO(content)))]
        return min(len(mails), MOST_MAILS), islice(iter(mails), MOST_MAILS)
    since = clock.now() - timedelta(days=trial.days)
    with reading() as session:
        newest = (
            select(RawMail.id, RawMail.arrived_at, RawMail.mailbox_id)
            .where(RawMail.arrived_at > since, ~RawMail.history)
            .order_by(RawMail.arrived_at.desc())
            .limit(MOST_MAILS)
        )
        rows = [tuple(row) for row in session.execute(newest)][::-1]
    return len(rows), _read(rows)


def _read(rows: Sequence[tuple[Any, ...]]) -> Iterator[Source]:
    """The mails of the spool, a few at a time."""
    for n, (raw_id, at, mailbox_id) in enumerate(rows):
        with reading() as session:
            content = spool.content_of(session, raw_id)
        if content is not None:
            yield Source(n, content, at, mailbox_id, raw_id)
