"""Mails below the cursor: old ones that are wished for, and all after a server renumbered."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from cases.db import transaction
from inbox import spool
from inbox.intake.imap import grouped
from inbox.intake.poller.catching_up import Reading, cursor_of, store
from inbox.intake.poller.places import SKEW
from inbox.settings import settings
from inbox.spool import Place
from inbox.spool.renumbering import Listed, recognise
from inbox.spool.storing import known_uids


def backfill(at: Reading) -> Iterator[int]:
    """Look through what is still to be looked through; how many were stored after each batch.

    Known mails are recognised by their header; bodies are fetched of the others alone. Whatever
    interrupts it, it is begun again and finds what is left.
    """
    known = cursor_of(at.place)
    since, last = known.backfill_from, known.uid
    if since is None:
        return
    # The newest first: who has just been connected looks at the list before it is complete.
    uids = [uid for uid in reversed(at.connection.uids_since(since)) if uid <= last]
    for batch in grouped(_unknown(at, uids, since)):
        fetched = at.connection.fetch(batch, settings().largest_mail)
        yield store(at, fetched, vanished=len(batch) - len(fetched))
        at.connection.mark([mail.uid for mail in fetched])
    with transaction() as session:
        _done(session, at.place, since)


def _unknown(at: Reading, uids: list[int], since: datetime) -> Iterator[tuple[int, int]]:
    for listed in at.connection.listing(_without_held(at, uids)):
        with transaction() as session:
            known = recognise(session, at.place, at.uidvalidity, listed)
        # What is known is marked too, since a renumbered folder lost our marks.
        at.connection.mark(sorted(known))
        wanted = (one for one in listed if one.uid not in known and one.arrived_at >= since - SKEW)
        yield from _sizes(wanted)


def _sizes(listed: Iterable[Listed]) -> Iterator[tuple[int, int]]:
    return ((one.uid, one.size) for one in listed)


def _without_held(at: Reading, uids: list[int]) -> list[int]:
    with transaction() as session:
        held = known_uids(session, at.place, at.uidvalidity, uids)
    return [uid for uid in uids if uid not in held]


def _done(session: Session, place: Place, since: datetime) -> None:
    known = spool.cursor(session, place)
    if known is not None and known.backfill_from == since:
        known.backfill_from, known.recounting = None, False


def want(session: Session, place: Place, since: datetime) -> bool:
    """Ask for a folder's mails since then; False if the folder was never read."""
    known = spool.cursor(session, place)
    if known is None:
        return False
    known.backfill_from = min(since, known.backfill_from or since)
    return True
