"""The server's count against ours, by folder and day: nothing may be missing."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import reading, transaction
from cases.mailbox import Mailbox
from inbox import spool
from inbox.intake.imap import Connection, FolderRefused
from inbox.intake.poller.places import Past, places
from inbox.spool import DayCount, Place, RawMail
from inbox.spool.burying import buried
from inbox.spool.renumbering import Listed
from inbox.spool.storing import known_uids

DAYS = timedelta(days=30)
EVERY = timedelta(hours=1)


def waiting(session: Session) -> list[int]:
    """Mailboxes that were not counted of late, among those that could be read."""
    recent = select(DayCount.id).where(
        DayCount.mailbox_id == Mailbox.id, DayCount.counted_at > clock.now() - EVERY
    )
    read = Mailbox.last_ok_at.is_not(None) & Mailbox.failing_since.is_(None) & ~Mailbox.paused
    return list(session.scalars(select(Mailbox.id).where(read, ~recent.exists())))


def count(mailbox_id: int, connection: Connection) -> None:
    """Count the last month anew and keep the counts."""
    for place, past in places(mailbox_id).items():
        try:
            counted = count_folder(place, past, connection)
        except FolderRefused:
            # The watching thread says so on the mailbox's row.
            continue
        with transaction() as session:
            session.execute(
                delete(DayCount).where(
                    DayCount.mailbox_id == mailbox_id, DayCount.folder == place.folder
                )
            )
            session.add_all(counted)


def count_folder(place: Place, past: Past, connection: Connection) -> list[DayCount]:
    """Each day of the last month on which the server or we have something, the newest first."""
    now = clock.now()
    since = datetime.combine((now - DAYS).date(), datetime.min.time(), now.tzinfo)
    connection.open(place.folder)
    dates = connection.dates(connection.uids_since(since))
    arrived = {uid: at for uid, at in dates.items() if at >= since}
    missing = _missing(place, past, connection, arrived)
    on_server = Counter(at.date() for at in arrived.values())
    lacking = Counter(arrived[uid].date() for uid in missing)
    stored = _stored(place, since)
    days = sorted({*on_server, *stored} or {now.date()}, reverse=True)
    return [
        DayCount(
            mailbox_id=place.mailbox_id,
            folder=place.folder,
            day=day,
            on_server=on_server[day],
            stored=stored[day],
            missing=lacking[day],
            counted_at=now,
        )
        for day in days
    ]


def _missing(
    place: Place, past: Past, connection: Connection, arrived: dict[int, datetime]
) -> set[int]:
    """What should be here and is not: not counting what is above the cursor, or was deleted."""
    with reading() as session:
        known = spool.cursor(session, place)
        held = known_uids(session, place, connection.folder.uidvalidity, arrived)
    last = known.uid if known is not None and known.backfill_from is None else 0
    lacking = [
        uid for uid, at in arrived.items() if uid <= last and uid not in held and past.wants(at)
    ]
    listed = [one for batch in connection.listing(sorted(lacking)) for one in batch]
    return _not_buried(listed)


def _not_buried(listed: list[Listed]) -> set[int]:
    with reading() as session:
        away = buried(session, ((one.head_mark, "") for one in listed))
    return {one.uid for one in listed if one.head_mark not in away}


def _stored(place: Place, since: datetime) -> Counter[date]:
    with reading() as session:
        rows = session.scalars(
            select(RawMail.arrived_at).where(
                RawMail.mailbox_id == place.mailbox_id,
                RawMail.folder == place.folder,
                RawMail.arrived_at >= since,
            )
        )
        return Counter(at.date() for at in rows)
