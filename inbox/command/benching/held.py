"""People on truce for a bench: many at once, and one more while somebody follows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import Contact, Identifier, Kind, introduce
from cases.db import reading, transaction
from cases.exclusions import asking, feed
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import FeedChange, FeedEntry, FeedHead
from cases.exclusions.verbs import Set, exclude

AT_ONCE = 10_000
FIRST = 10_000_000
"""Where the numbers of made contacts begin: those of others are counted from one."""


def address(n: int) -> str:
    """The n-th customer."""
    return f"customer{n:07d}@mail{n % 97}.example"


def know(count: int) -> None:
    """That many customers who wrote once."""
    at = clock.now() - timedelta(days=60)
    with transaction() as session:
        for start in range(0, count, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count))
            people = [{"id": FIRST + n, "name": f"Customer {n}", "created_at": at} for n in numbers]
            session.execute(insert(Contact), people)
            session.execute(insert(Identifier), [_identifier(n) for n in numbers])


def _identifier(n: int) -> dict[str, Any]:
    named = {"kind": Kind.ADDRESS, "value": address(n), "original": address(n)}
    return {"id": FIRST + n, "contact_id": FIRST + n, "preferred": False, **named}


def look_up(people: Sequence[str]) -> None:
    """The query alone."""
    with reading() as session:
        for _ in asking.held(session, Kind.ADDRESS, people):
            continue


def read_all() -> None:
    """All entries, and nothing made of them."""
    columns = (FeedEntry.seq, FeedEntry.kind, FeedEntry.value, FeedEntry.holds)
    with reading() as session:
        for _ in session.execute(select(*columns)).yield_per(AT_ONCE):
            continue


def fill(held: int) -> None:
    """That many people on truce, as if their cases had been filed one after the other."""
    start = clock.now() - timedelta(days=30)
    with transaction() as session:
        first = feed.lock(session)
        for n in range(0, held, AT_ONCE):
            rows = [_row(n + k, first.seq, start) for k in range(min(AT_ONCE, held - n))]
            session.execute(insert(FeedEntry), rows)
            session.execute(insert(FeedChange), [{**row, "at": start} for row in rows])
        _advance(session, held)


def _row(n: int, seq: int, start: datetime) -> dict[str, Any]:
    hold = {"reason": "open_case", "severity": "hard", "until": None}
    at = (start + timedelta(seconds=25 * (n % 100_000))).isoformat()
    contact = {"kind": Kind.ADDRESS, "value": address(10 * n), "contact_id": FIRST + 10 * n}
    return {**contact, "seq": seq + n + 1, "holds": [{**hold, "starts_at": at}]}


def _advance(session: Session, count: int) -> None:
    session.execute(update(FeedHead).values(seq=FeedHead.seq + count))


def hold_somebody(n: int) -> None:
    """One more, by the way every exclusion takes."""
    with transaction() as session:
        contact = introduce(session, f"late{n}@mail.example", name="", at=clock.now())
        session.flush()
        exclude(session, contact.id, Set(Reason.CONTACT_WAVE), by="bench", at=clock.now())
