"""The job that sums the days that are over, and makes anew what changes have made void."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cases.db import transaction
from cases.hours import midnight
from cases.reporting.kinds import KINDS
from cases.reporting.scope import Day, Found, Scope
from cases.reporting.sums import DaySum, Family, Kind, SumChange, SumHead, count
from cases.rows.among import among
from cases.settings import settings

LOCK = "sums"
WINDOW = 185
"""So many days are kept: the longest span, and the one before it."""
SETTLED = timedelta(minutes=10)
"""Who writes under an older head notes nothing; by then every such transaction has ended."""
AT_ONCE, NOTES = 40, 5_000


def keep(now: datetime) -> int:
    """Sum what is missing, the newest days first; how many days were summed."""
    days = _days(now)
    with transaction(lock=LOCK) as session:
        if not _is_settled(session, days, now):
            return 0
        _clear_void(session)
        missing = _missing(session, days)
    for day, kinds in missing[:AT_ONCE]:
        with transaction(lock=LOCK) as session:
            _sum(session, day, kinds)
    return len(missing[:AT_ONCE])


def _days(now: datetime) -> list[Day]:
    """The days that are over, oldest first."""
    zone = ZoneInfo(settings().zone)
    today = now.astimezone(zone).date()
    since, until = (midnight(today - timedelta(days=n), zone) for n in (WINDOW, 0))
    return Scope(since, until, zone).days()


def _is_settled(session: Session, days: Sequence[Day], now: datetime) -> bool:
    """Whether changes of these days have been noted for long enough; else let that begin."""
    head = session.get(SumHead, 1)
    if head is None:
        session.add(head := SumHead(id=1, since=now, until=now, moved_at=now))
    if (head.since, head.until) != (days[0].since, days[-1].until):
        head.since, head.until, head.moved_at = days[0].since, days[-1].until, now
        wanted = [day.since for day in days]
        session.execute(delete(DaySum).where(~among(DaySum.since, wanted)))
    return now - head.moved_at >= SETTLED


def _clear_void(session: Session) -> None:
    """Sums of days in which something changed go away, and with them the notes of it.

    Notes are read first and deleted by their numbers: what is noted meanwhile stays.
    """
    notes = session.execute(
        select(SumChange.id, SumChange.family, SumChange.at).order_by(SumChange.id).limit(NOTES)
    ).all()
    changed: dict[Family, set[datetime]] = defaultdict(set)
    for note in notes:
        changed[note.family].add(note.at)
    for family, instants in changed.items():
        starts = set(session.scalars(select(DaySum.since).where(DaySum.family == family)))
        void = _void(sorted(starts), instants, onwards=family is Family.HELD)
        session.execute(delete(DaySum).where(DaySum.family == family, among(DaySum.since, void)))
    session.execute(delete(SumChange).where(among(SumChange.id, [note.id for note in notes])))


def _void(starts: Sequence[datetime], instants: set[datetime], *, onwards: bool) -> list[datetime]:
    """Which of the days that begin then are void; a change may matter to all days after it."""
    first = min(instants)
    # How many days had begun is the place of the last of them.
    void = {bisect_right(starts, at) for at in instants}
    return [one for n, one in enumerate(starts, 1) if n in void or (onwards and one > first)]


def _missing(session: Session, days: Sequence[Day]) -> list[tuple[Day, list[Kind]]]:
    rows = session.execute(
        select(DaySum.since, DaySum.until, DaySum.kind).where(DaySum.mailbox_id == 0)
    )
    there = {(row.since, row.until, row.kind) for row in rows}
    lacking = (
        (day, [kind for kind in KINDS if (day.since, day.until, kind.name) not in there])
        for day in reversed(days)
    )
    return [(day, kinds) for day, kinds in lacking if kinds]


def _sum(session: Session, day: Day, kinds: Sequence[Kind]) -> None:
    for kind in kinds:
        session.execute(delete(DaySum).where(DaySum.since == day.since, DaySum.kind == kind.name))
        sums: dict[tuple[int, int], Found] = {(0, 0): {}}
        sums |= count(session, kind, [day], (), split=True).sums
        session.add_all(
            DaySum(
                since=day.since,
                until=day.until,
                kind=kind.name,
                mailbox_id=mailbox_id,
                family=kind.family,
                found={part: dict(numbers) for part, numbers in found.items()},
            )
            for (_day, mailbox_id), found in sums.items()
        )
