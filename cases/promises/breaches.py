"""Promises kept, warned of and broken: each is written down once, when it is noticed."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from cases import clock, sla
from cases.case import Case, note, take
from cases.db import reading, transaction
from cases.history import Event, What
from cases.promises import Mark, PromiseMark
from cases.rows.among import among
from cases.sla import book as books
from cases.sla.clocks import Clock, Clocks, clocks
from cases.sla.moments import MOVING, moments
from cases.sla.policy import Policy, Target

log = logging.getLogger(__name__)
BATCH = 100


_CARRIED = ("waiting_since", "answered_at", "due_at", "answer_due_at", "resolve_due_at")
_MORE = ("inform_due_at", "call_due_at", "look_at", "policy_id", "breached_at")
COLUMNS = (*_CARRIED, *_MORE)
_TABLE = cast(Table, Case.__table__)
Key = tuple[Target, datetime, Mark, datetime | None]


def sweep(*, at_most: int = BATCH) -> int:
    """Notice what has become due since anybody looked; how many cases were looked at."""
    try:
        return _look_at_all(at_most)
    except OperationalError:
        raise
    except Exception:
        log.exception("promises cannot be looked at together; each case is by itself")
        return sum(_look_alone(one) for one in _due(at_most))


def _look_at_all(at_most: int) -> int:
    looked = 0
    while True:
        with transaction() as session:
            cases = session.scalars(
                select(Case)
                .where(Case.look_at < clock.now())
                .order_by(Case.look_at, Case.id)
                .limit(at_most)
                .with_for_update(skip_locked=True)
            ).all()
            _look(session, cases)
        looked += len(cases)
        if len(cases) < at_most:
            return looked


def _look(session: Session, cases: Iterable[Case]) -> None:
    for case in cases:
        session.info.setdefault("clocks_moved", {}).setdefault(case, [])


def _due(at_most: int) -> Sequence[int]:
    due = select(Case.id).where(Case.look_at < clock.now()).order_by(Case.look_at, Case.id)
    with reading() as session:
        return session.scalars(due.limit(at_most)).all()


def _look_alone(case_id: int) -> bool:
    """A bug that shows in one case is told in the log, and holds up no other."""
    try:
        with transaction() as session:
            _look(session, [take(session, case_id)])
    except OperationalError:
        raise
    except Exception:
        log.exception("the promises of case %s cannot be looked at", case_id)
        return False
    return True


def settle(session: Session) -> None:
    """Settle the clocks that this transaction moved; called at its end, before it is committed.

    Rows are locked first and read afresh, so that of two transactions about one case the second
    reckons with what the first wrote.
    """
    moved: dict[Case, list[Event]] = session.info.pop("clocks_moved", {})
    if not moved:
        return
    by_id = {case.id: case for case in moved}
    rows = _locked(session, by_id)
    events, marks = histories(session, by_id), _marks(session, by_id)
    for case_id, row in rows.items():
        case = by_id[case_id]
        fresh = frozenset(event.id for event in moved[case])
        _settle(session, case, row, events[case_id], marks[case_id], fresh)
    _write(session)
    session.flush()


def settle_new(session: Session) -> None:
    """Settle the clocks of cases that are not written yet, so that they are written once.

    Nobody else can know these; those whose promises are kept or broken already wait for `settle`.
    """
    moved: dict[Case, list[Event]] = session.info.get("clocks_moved", {})
    new = session.new
    told: dict[Case, tuple[Policy, Clocks]] = session.info.pop("clocks_told", {})
    for case in [case for case in told if case in moved and case in new]:
        _settle_new(case, *told[case], moved)


def _settle_new(case: Case, policy: Policy, owed: Clocks, moved: dict[Case, list[Event]]) -> None:
    now = clock.now()
    if any(_due_marks(owed, frozenset(event.id for event in case.events), now)):
        return
    carried = sla.columns(owed) | {"policy_id": policy.id, "look_at": _look_at(owed, now)}
    for name, value in carried.items():
        setattr(case, name, value)
    del moved[case]


def _locked(session: Session, ids: Collection[int]) -> dict[int, Row[Any]]:
    rows = session.execute(
        select(Case.id, *(getattr(Case, name) for name in COLUMNS))
        .where(among(Case.id, ids))
        .order_by(Case.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def histories(session: Session, ids: Collection[int]) -> dict[int, list[Any]]:
    """The events of those cases that move a clock, as they are now, in their order."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = session.execute(
        select(Event.case_id, Event.id, Event.what, Event.at, Event.by, Event.data)
        .where(among(Event.case_id, ids), Event.what.in_(MOVING))
        .order_by(Event.id)
    )
    for row in rows:
        found[row.case_id].append(row)
    return found


def _marks(session: Session, ids: Collection[int]) -> dict[int, set[Key]]:
    found: dict[int, set[Key]] = defaultdict(set)
    rows = session.execute(
        select(
            *(PromiseMark.case_id, PromiseMark.target, PromiseMark.due_at, PromiseMark.mark),
            PromiseMark.started_at,
        ).where(among(PromiseMark.case_id, ids))
    )
    for row in rows:
        found[row.case_id].add(_key(row))
    return found


def _settle(
    session: Session,
    case: Case,
    row: Row[Any],
    events: list[Any],
    marks: set[Key],
    fresh: frozenset[int],
) -> None:
    told = moments(events)
    if not told:
        _carry(session, case, row, {"look_at": None})
        return
    policy, calendar = sla.promised(case, row.policy_id, told, books.kept_up(session))
    owed, now = clocks(told, policy, calendar), clock.now()
    if any(key[2] is Mark.KEPT for key in marks):
        _unkeep(session, case, owed)
    found = {_key(mark): mark for mark in _due_marks(owed, fresh, now)}
    new = [mark for key, mark in found.items() if key not in marks]
    for mark in new:
        mark.case_id, mark.noticed_at, mark.policy_id = case.id, now, policy.id
        session.add(mark)
        _tell(case, mark)
    broken = [mark.at for mark in new if mark.mark is Mark.BROKEN]
    broken += [row.breached_at] if row.breached_at is not None else []
    carried = sla.columns(owed) | {"policy_id": policy.id, "look_at": _look_at(owed, now)}
    _carry(session, case, row, carried | {"breached_at": min(broken, default=None)})


def _unkeep(session: Session, case: Case, owed: Clocks) -> None:
    """A promise that runs again was not kept: the answer was taken back, the closing undone."""
    for one in owed.running:
        session.execute(
            delete(PromiseMark).where(
                PromiseMark.case_id == case.id,
                PromiseMark.target == one.target,
                PromiseMark.started_at == one.started_at,
                PromiseMark.mark == Mark.KEPT,
            )
        )


def _due_marks(owed: Clocks, fresh: frozenset[int], now: datetime) -> Iterator[PromiseMark]:
    # Clocks that ended before were looked at in the transaction that ended them.
    ended = (one for one in owed.done if one.ended_by in fresh)
    for one in (*ended, *owed.running):
        if (at := one.broken_at(now)) is not None:
            yield _mark(one, Mark.BROKEN, at)
        elif one.ended_at is not None and one.met:
            yield _mark(one, Mark.KEPT, one.ended_at)
        elif one.ended_at is None and one.warn_at is not None and one.warn_at < now:
            yield _mark(one, Mark.WARNED, one.warn_at)


def _mark(one: Clock, mark: Mark, at: datetime) -> PromiseMark:
    due = one.due_at or at
    return PromiseMark(target=one.target, mark=mark, started_at=one.started_at, due_at=due, at=at)


def _key(mark: Any) -> Key:
    return mark.target, mark.due_at, mark.mark, mark.started_at if mark.mark is Mark.KEPT else None


_EVENTS = {Mark.BROKEN: What.BREACHED, Mark.WARNED: What.WARNED}


def _tell(case: Case, mark: PromiseMark) -> None:
    if mark.mark in _EVENTS:
        due = mark.due_at.isoformat()
        case.happened(_EVENTS[mark.mark], by="sla", at=mark.at, target=mark.target.value, due=due)


def _look_at(owed: Clocks, now: datetime) -> datetime | None:
    """The next instant at which something is to be noticed."""
    known = (at for one in owed.running for at in (one.warn_at, one.due_at))
    return min((at for at in known if at is not None and at >= now), default=None)


def _carry(session: Session, case: Case, row: Row[Any], values: dict[str, Any]) -> None:
    """Write what differs from the row as it is, whatever this session believed it to be."""
    if any(getattr(row, name) != value for name, value in values.items()):
        so_far = {name: getattr(row, name) for name in COLUMNS}
        session.info.setdefault("clocks_set", []).append({"case_id": case.id, **so_far, **values})
        note(case)
    for name, value in values.items():
        set_committed_value(case, name, value)


def _write(session: Session) -> None:
    """All rows that differ, in one go: a batch of mails moves the clocks of as many cases."""
    if rows := session.info.pop("clocks_set", []):
        session.connection().execute(
            update(_TABLE)
            .where(_TABLE.c.id == bindparam("case_id"))
            .values({name: bindparam(name) for name in COLUMNS}),
            rows,
        )
