"""People on truce for a bench: many at once, and one more while somebody follows."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import Kind, introduce
from cases.db import transaction
from cases.exclusions import feed
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import FeedChange, FeedEntry, FeedHead
from cases.exclusions.verbs import Set, exclude

HELD = 100_000
AT_ONCE = 10_000


def address(n: int) -> str:
    """The n-th customer."""
    return f"customer{n:07d}@mail{n % 97}.example"


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
    contact = {"kind": Kind.ADDRESS, "value": address(10 * n), "contact_id": n + 1}
    return {**contact, "seq": seq + n + 1, "holds": [{**hold, "starts_at": at}]}


def _advance(session: Session, count: int) -> None:
    session.execute(update(FeedHead).values(seq=FeedHead.seq + count))


def hold_somebody(n: int) -> None:
    """One more, by the way every exclusion takes."""
    with transaction() as session:
        contact = introduce(session, f"late{n}@mail.example", name="", at=clock.now())
        session.flush()
        exclude(session, contact.id, Set(Reason.CONTACT_WAVE), by="bench", at=clock.now())
