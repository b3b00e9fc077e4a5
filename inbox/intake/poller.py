"""The loop: ask each mailbox, spool what is new, wait, back off on errors. One thread a mailbox."""

import logging
import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot import queues
from cases import clock, signing
from cases.db import reading, transaction
from cases.mailbox import Mailbox
from inbox import spool
from cases import failpoints
from inbox.intake.imap import Account, Connection, ImapFailure, SignInRefused
from inbox.settings import settings
from inbox.spool import Fetched

log = logging.getLogger(__name__)

Batches = Iterator[list[tuple[int, int]]]

LOOK_FOR_MAILBOXES = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0


def poll(stop: threading.Event) -> None:
    """Watch all mailboxes until told to stop; mailboxes that are added later too."""
    watched: dict[int, threading.Thread] = {}
    while not stop.is_set():
        for mailbox_id in _to_watch():
            if mailbox_id not in watched or not watched[mailbox_id].is_alive():
                thread = threading.Thread(target=watch, args=(mailbox_id, stop), daemon=True)
                watched[mailbox_id] = thread
                thread.start()
        stop.wait(LOOK_FOR_MAILBOXES)


def _to_watch() -> Sequence[int]:
    with reading() as session:
        return session.scalars(select(Mailbox.id).where(~Mailbox.paused)).all()


def watch(mailbox_id: int, stop: threading.Event) -> None:
    """Keep one mailbox's mail coming in, whatever its server does, until it is paused."""
    failures = 0
    while not stop.is_set():
        try:
            account = account_of(mailbox_id)
            if account is None:
                return
            _stay(mailbox_id, account, stop)
            failures = 0
        except (ImapFailure, signing.Tampered, SQLAlchemyError) as failure:
            failures += 1
            log.warning("mailbox %s: %s", mailbox_id, type(failure).__name__)
            _note_failure(mailbox_id, failure)
            stop.wait(pause_after(failures, lasting=isinstance(failure, SignInRefused)))


def pause_after(failures: int, *, lasting: bool = False) -> float:
    """Seconds to wait after so many failures: doubled each time, with jitter."""
    longest: float = LONGEST_PAUSE if lasting else min(FIRST_PAUSE * 2**failures, LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  jitter is no secret


def account_of(mailbox_id: int) -> Account | None:
    """How to sign in to a mailbox; None if it is paused or gone."""
    with reading() as session:
        mailbox = session.get(Mailbox, mailbox_id)
        if mailbox is None or mailbox.paused:
            return None
        return Account(
            mailbox.imap_host,
            mailbox.imap_port,
            mailbox.imap_security,
            mailbox.imap_user,
            mailbox.password(),
            mailbox.folder,
        )


def _stay(mailbox_id: int, account: Account, stop: threading.Event) -> None:
    """Hold one connection: catch up, wait for news, catch up…"""
    with Connection(account) as connection:
        idle = connection.can_idle()
        while not stop.is_set():
            catch_up(mailbox_id, account.folder, connection)
            _note_success(mailbox_id)
            if idle:
                connection.wait(settings().idle_seconds)
            else:
                stop.wait(settings().poll_seconds)
            if account_of(mailbox_id) != account:
                return


def catch_up(mailbox_id: int, folder: str, connection: Connection) -> int:
    """Spool everything above the cursor, the oldest first; how many mails were stored."""
    after = _cursor(mailbox_id, folder, connection)
    batches = connection.batches(connection.new_uids(after))
    largest = settings().largest_mail
    stored = 0
    # The next batch is fetched while the one before is written.
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(lambda: _next(batches, connection, largest))
        while (fetched := coming.result()) is not None:
            coming = ahead.submit(lambda: _next(batches, connection, largest))
            failpoints.pass_by("fetched")
            stored += store(mailbox_id, folder, connection.folder.uidvalidity, fetched)
            failpoints.pass_by("spooled")
    return stored


def _next(batches: Batches, connection: Connection, largest: int) -> list[Fetched] | None:
    batch = next(batches, None)
    return connection.fetch(batch, largest) if batch is not None else None


def _cursor(mailbox_id: int, folder: str, connection: Connection) -> int:
    """The last UID we have. On the first visit the mailbox says how much of the past it wants."""
    seen = connection.folder
    with transaction() as session:
        known = spool.cursor(session, mailbox_id, folder)
        if known is not None and known.uidvalidity == seen.uidvalidity:
            return known.uid
        mailbox = session.get_one(Mailbox, mailbox_id)
        from_now = known is None and mailbox.import_from is not None
        first = max(seen.uidnext - 1, 0) if from_now else 0
        spool.move_cursor(session, mailbox_id, folder, seen.uidvalidity, first)
        return first


def store(mailbox_id: int, folder: str, uidvalidity: int, mails: Sequence[Fetched]) -> int:
    """Put fetched mails into the spool, cursor and all, and ring the doorbell."""
    with transaction() as session:
        new = spool.put(session, mailbox_id, folder, uidvalidity, mails)
        queues.wake(session, queues.FILE, "inbox.intake.jobs.file_waiting")
    return new


def _note_success(mailbox_id: int) -> None:
    _note(mailbox_id, clock.now(), None)


def _note_failure(mailbox_id: int, failure: Exception) -> None:
    try:
        _note(mailbox_id, None, str(failure)[:500])
    except SQLAlchemyError:
        log.warning("mailbox %s: its failure cannot be noted, the database is away", mailbox_id)


def _note(mailbox_id: int, ok_at: datetime | None, error: str | None) -> None:
    with transaction() as session:
        mailbox = session.get(Mailbox, mailbox_id)
        if mailbox is None:
            return
        mailbox.last_error = error or ""
        if ok_at is not None:
            mailbox.last_ok_at, mailbox.failing_since = ok_at, None
        else:
            mailbox.failing_since = mailbox.failing_since or clock.now()
