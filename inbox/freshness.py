"""Whether the feed can be believed: a fresh feed about stale cases is a lie."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.orm import Session

from cases.mailbox import Mailbox
from inbox.spool import Fate, RawMail

BEHIND = timedelta(seconds=120)
STOPPED = timedelta(minutes=15)


class Lag(IntEnum):
    """How far the reading of mail is behind."""

    NONE = 0
    BEHIND = 1
    """Senders of marketing wait."""
    STOPPED = 2
    """Marketing is not allowed to be sent."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is behind, in words, and how badly."""

    lag: Lag = Lag.NONE
    degraded: tuple[str, ...] = ()
    late: tuple[tuple[str, timedelta], ...] = ()

    def for_mailboxes(self, ids: Collection[int]) -> "Freshness":
        """As it concerns a sender of one brand: other brands' mailboxes hold nobody back."""
        own = {f"imap:{id_}" for id_ in ids}
        if not own:
            return self
        return _judged([one for one in self.late if one[0] in own or not one[0].startswith("imap")])


def freshness(session: Session, now: datetime) -> Freshness:
    """How far reading and filing are behind; looked up once a second, however many ask."""
    global _known
    key = f"{session.get_bind().engine.url}", now.replace(microsecond=0)
    if _known is None or _known[0] != key:
        _known = key, _look(session, now)
    return _known[1]


_known: tuple[tuple[str, datetime], Freshness] | None = None


def forget() -> None:
    """Forget what was looked up for another installation."""
    global _known
    _known = None


def columns() -> dict[str, ColumnElement[datetime]]:
    """Since when the worst mailbox and the oldest mail wait: to be asked with others in one go."""
    failed_before = Mailbox.failing_since < Mailbox.last_ok_at
    since = case((failed_before, Mailbox.failing_since), else_=Mailbox.last_ok_at)
    read = select(func.min(since)).where(Mailbox.paused.is_(False))
    # Spelled out, so that every database knows that its index of waiting mails will do.
    waits = RawMail.fate == literal_column(f"'{Fate.WAITING}'")
    filed = select(func.min(RawMail.fetched_at)).where(waits)
    return {"read_until": read.scalar_subquery(), "filed_until": filed.scalar_subquery()}


def of(read_until: datetime | None, filed_until: datetime | None, now: datetime) -> Freshness:
    """What those columns mean."""
    found = (("imap", read_until), ("filing", filed_until))
    waits = [(name, now - since) for name, since in found if since is not None]
    return _judged([one for one in waits if one[1] > BEHIND])


def _look(session: Session, now: datetime) -> Freshness:
    """Mailboxes that fail, and mails that wait."""
    found = [*_mailboxes(session, now), *_waiting(session, now)]
    return _judged([(name, since) for name, since in found if since > BEHIND])


def _judged(late: list[tuple[str, timedelta]]) -> Freshness:
    if not late:
        return Freshness()
    worst = max(since for _, since in late)
    said = tuple(f"{name} {int(since.total_seconds() // 60)} min" for name, since in late)
    return Freshness(Lag.STOPPED if worst > STOPPED else Lag.BEHIND, said, tuple(late))


def _mailboxes(session: Session, now: datetime) -> list[tuple[str, timedelta]]:
    """Mailboxes we cannot read. One that was never read yet says nothing about any case."""
    rows = session.execute(
        select(Mailbox.id, Mailbox.failing_since, Mailbox.last_ok_at).where(
            Mailbox.paused.is_(False), Mailbox.last_ok_at.is_not(None)
        )
    )
    # Named by number: a sender has no business with our addresses.
    return [(f"imap:{id_}", now - min(ok, failing or ok)) for id_, failing, ok in rows if ok]


def _waiting(session: Session, now: datetime) -> list[tuple[str, timedelta]]:
    oldest = session.scalar(
        select(func.min(RawMail.fetched_at)).where(RawMail.fate == Fate.WAITING)
    )
    return [("filing", now - oldest)] if oldest is not None else []
