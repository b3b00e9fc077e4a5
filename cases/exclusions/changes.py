"""Exclusions follow the state of cases, and their changes are numbered in the order of commits."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cases import clock
from cases.case import Case
from cases.contact import Identifier
from cases.exclusions.rows import Exclusion, FeedChange, FeedHead
from cases.exclusions.wanted import Wanted, of_case


def follow(session: Session) -> None:
    """Bring the exclusions of all noted cases in line; called at the end of every transaction."""
    cases: set[Case] = session.info.pop("noted", set())
    if not cases:
        return
    changed = _renew(session, cases, clock.now())
    if changed:
        session.flush()
        publish(session, changed)


def _renew(session: Session, cases: Iterable[Case], now: datetime) -> set[int]:
    """Write what differs; the contacts whose exclusions changed."""
    by_id = {case.id: case for case in cases}
    present: dict[int, list[Exclusion]] = defaultdict(list)
    for row in session.scalars(
        select(Exclusion).where(Exclusion.case_id.in_(by_id), Exclusion.lifted_at.is_(None))
    ):
        present[row.case_id or 0].append(row)
    return {
        contact_id
        for case in by_id.values()
        for contact_id in _settle(session, case, present[case.id], now)
    }


def _settle(session: Session, case: Case, rows: list[Exclusion], now: datetime) -> set[int]:
    missing = {wish.reason: wish for wish in of_case(case)}
    changed = set()
    for row in rows:
        wish = missing.get(row.reason)
        if row.contact_id == case.contact_id and wish is not None and _same(row, wish):
            del missing[row.reason]
        else:
            row.lifted_at, row.lift_reason = now, "no longer so"
            changed.add(row.contact_id)
    for wish in missing.values():
        session.add(_row(case, wish, now))
        changed.add(case.contact_id)
    return changed


def _same(row: Exclusion, wish: Wanted) -> bool:
    return (row.severity, row.starts_at, row.until) == (wish.severity, wish.starts_at, wish.until)


def _row(case: Case, wish: Wanted, now: datetime) -> Exclusion:
    return Exclusion(
        contact_id=case.contact_id,
        case_id=case.id,
        reason=wish.reason,
        severity=wish.severity,
        starts_at=wish.starts_at,
        until=wish.until,
        origin="case",
        created_at=now,
    )


def publish(session: Session, contact_ids: Iterable[int]) -> None:
    """Number and write one change per identifier of those contacts.

    Taking the numbers locks the head until the commit, so the order of `seq` is the order of
    commits, and it must be the last that a transaction does.
    """
    wanted = list(contact_ids)
    identifiers = session.scalars(
        select(Identifier).where(Identifier.contact_id.in_(wanted)).order_by(Identifier.id)
    ).all()
    if identifiers:
        holds = _holds(session, wanted)
        _write(session, identifiers, holds, clock.now())


def _holds(session: Session, contact_ids: Sequence[int]) -> dict[int, list[Any]]:
    holds: dict[int, list[Any]] = defaultdict(list)
    for row in session.scalars(
        select(Exclusion)
        .where(Exclusion.contact_id.in_(contact_ids), Exclusion.lifted_at.is_(None))
        .order_by(Exclusion.id)
    ):
        holds[row.contact_id].append(as_hold(row))
    return holds


def as_hold(row: Exclusion) -> dict[str, str | None]:
    """An exclusion as the feed carries it."""
    return {
        "reason": row.reason.value,
        "severity": row.severity.value,
        "starts_at": row.starts_at.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }


def _write(
    session: Session, identifiers: Sequence[Identifier], holds: dict[int, list[Any]], now: datetime
) -> None:
    last = _take_numbers(session, len(identifiers))
    session.execute(
        insert(FeedChange),
        [
            {
                "seq": last - len(identifiers) + n,
                "at": now,
                "kind": one.kind,
                "value": one.value,
                "contact_id": one.contact_id,
                "holds": holds[one.contact_id],
            }
            for n, one in enumerate(identifiers, start=1)
        ],
    )


def _take_numbers(session: Session, count: int) -> int:
    seq: int | None = session.scalar(
        update(FeedHead).values(seq=FeedHead.seq + count).returning(FeedHead.seq)
    )
    if seq is None:
        session.execute(insert(FeedHead).values(id=1, epoch=new_epoch(), seq=count))
        return count
    return seq


def new_epoch() -> str:
    """A name for a history of changes; another one makes every older cursor invalid."""
    return secrets.token_hex(8)
