"""New mails of a folder go into the spool, the oldest first; none is fetched twice."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from bot import queues
from cases import failpoints
from cases.db import reading, transaction
from inbox import spool
from inbox.intake.imap import Connection, Folder
from inbox.intake.poller import trials
from inbox.intake.poller.places import EVER, Past
from inbox.settings import settings
from inbox.spool import Cursor, Fetched, Place
from inbox.spool.renumbering import renumber
from inbox.spool.storing import known_uids

LOOK_BACK = 20_000
"""UIDs that a second look goes over: what a cursor can miss comes soon after, or never."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One folder that is being read."""

    place: Place
    past: Past
    connection: Connection

    @property
    def uidvalidity(self) -> int:
        return self.connection.folder.uidvalidity


def begin(at: Reading) -> None:
    """The folder was opened: take up where we stopped, or begin a new count."""
    folder = at.connection.folder
    with reading() as session:
        known = spool.cursor(session, at.place)
    if known is None:
        _first_visit(at, folder)
    elif _is_renumbered(known, folder):
        # Asked once more, since mail that came meanwhile may have moved the cursor.
        folder = at.connection.open(folder.name)
        if _is_renumbered(known, folder):
            with transaction() as session:
                last = folder.uidnext - 1
                renumber(session, at.place, folder.uidvalidity, last, at.past.since or EVER)


def _is_renumbered(known: Cursor, folder: Folder) -> bool:
    # A server that restarts its numbers without saying so has been restored from a backup.
    restarted = folder.tells_uidnext and known.uid >= folder.uidnext
    return known.uidvalidity != folder.uidvalidity or restarted


def _first_visit(at: Reading, folder: Folder) -> None:
    with transaction() as session:
        if at.past.since is None:
            spool.move_cursor(session, at.place, folder.uidvalidity, 0)
            return
        known = spool.move_cursor(session, at.place, folder.uidvalidity, folder.uidnext - 1)
        known.first, known.backfill_from = folder.uidnext, at.past.since


def cursor_of(place: Place) -> Cursor:
    """How far the folder has been read."""
    with reading() as session:
        known = spool.cursor(session, place)
    if known is None:
        raise LookupError(f"{place.folder} has not been opened yet")
    return known


def has_news(at: Reading) -> bool:
    """Whether a folder that is not open is worth opening."""
    uidvalidity, uidnext = at.connection.numbers(at.place.folder)
    known = cursor_of(at.place)
    same = known.uidvalidity == uidvalidity and known.uid == uidnext - 1
    return not same or known.backfill_from is not None


def catch_up(at: Reading) -> int:
    """Spool everything above the cursor; how many mails were stored."""
    uids = at.connection.new_uids(cursor_of(at.place).uid)
    return take_in(at, at.connection.batches(_unknown(at, uids)), last=max(uids, default=0))


def second_look(at: Reading) -> int:
    """Mails below the cursor without our keyword: those a cursor can miss are taken in."""
    if not at.connection.folder.takes_keyword:
        return 0
    known = cursor_of(at.place)
    unmarked = at.connection.unmarked(max(known.first, known.uid - LOOK_BACK), known.uid)
    missed = _unknown(at, unmarked)
    at.connection.mark(sorted(set(unmarked) - set(missed)))
    return take_in(at, at.connection.batches(missed))


def _unknown(at: Reading, uids: Sequence[int]) -> list[int]:
    if not uids:
        return []
    with reading() as session:
        known = known_uids(session, at.place, at.uidvalidity, uids)
    return [uid for uid in uids if uid not in known]


def take_in(at: Reading, batches: Iterator[list[tuple[int, int]]], *, last: int = 0) -> int:
    """Fetch and store batch by batch; `last` is where the cursor may go when all are through."""
    stored = 0
    done: list[int] = []
    # The next batch is fetched while the one before is written.
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(_next, at.connection, batches, done)
        while (came := coming.result()) is not None:
            batch, fetched = came
            coming = ahead.submit(_next, at.connection, batches, done)
            failpoints.pass_by("fetched")
            stored += store(at, fetched, vanished=len(batch) - len(fetched))
            failpoints.pass_by("spooled")
            done = [mail.uid for mail in fetched]
        at.connection.mark(done)
    if last > cursor_of(at.place).uid:
        with transaction() as session:
            spool.move_cursor(session, at.place, at.uidvalidity, last)
    return stored


def _next(
    connection: Connection, batches: Iterator[list[tuple[int, int]]], done: Sequence[int]
) -> tuple[list[tuple[int, int]], list[Fetched]] | None:
    # Marked only after the commit, so that a crash between the two is made good by a second look.
    connection.mark(done)
    batch = next(batches, None)
    return (batch, connection.fetch(batch, settings().largest_mail)) if batch is not None else None


def store(at: Reading, mails: Sequence[Fetched], *, vanished: int) -> int:
    """Put fetched mails into the spool, cursor and all, and ring the doorbell."""
    aged = [replace(mail, history=at.past.is_history(mail)) for mail in mails]
    with transaction() as session:
        new = spool.put(session, at.place, at.uidvalidity, aged, vanished=vanished)
        trials.notice(session, at.place, at.uidvalidity, mails)
        queues.wake(session, queues.FILE, "inbox.intake.jobs.file_waiting")
    return new
