"""Signs of life: workers and poller write that they run, so that others see when one does not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import queues
from cases.db import Base

POLLER = "poll"
_PARTS = (*queues.QUEUES, POLLER)
EVERY = timedelta(seconds=20)
SILENCE = timedelta(seconds=90)
"""Who says nothing for so long does not run."""


class WorkerSign(Base):
    """When workers of a queue, or the poller, were last seen, and since when without a gap."""

    __tablename__ = "worker_sign"

    queue: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]


def give(session: Session, queue: str, now: datetime) -> None:
    """A worker of that queue runs, or the poller."""
    sign = session.get(WorkerSign, queue, with_for_update=True)
    if sign is None:
        session.add(WorkerSign(queue=queue, since=now, seen_at=now))
        session.flush()
        return
    if now - sign.seen_at > SILENCE:
        sign.since = now
    sign.seen_at = max(sign.seen_at, now)


def silent(session: Session, now: datetime) -> list[str]:
    """Who does not run, for somebody outside who asks: all, where nobody ever ran.

    A poller that never ran is not missed: mail may come by the API alone.
    """
    signs = {one.queue: one.seen_at for one in session.scalars(select(WorkerSign))}
    wanted = (*queues.QUEUES, *({POLLER} & signs.keys()))
    return [one for one in wanted if one not in signs or now - signs[one] > SILENCE]


def missing(session: Session, now: datetime) -> Iterator[WorkerSign]:
    """The queues that nobody serves any more, as one sees who has run long enough to know.

    A poller that is gone is among them. After a night in which the machine was off, nobody has.
    """
    signs = session.scalars(select(WorkerSign).where(WorkerSign.queue.in_(_PARTS))).all()
    alive = [one for one in signs if now - one.seen_at <= SILENCE]
    if any(now - one.since > SILENCE for one in alive):
        yield from (one for one in signs if one not in alive)
