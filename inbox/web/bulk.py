"""What is done with many cases at once, and taken back: written down case by case.

An undoing leaves alone what somebody has touched since, so it never overwrites a colleague.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.agent import Agent
from cases.case import Case
from cases.db import Base, transaction
from cases.history import Event, What
from cases.language import ngettext
from inbox.web import live
from inbox.web.bulk_verbs import VERBS, Doing, NotForThis
from inbox.web.visible import visible_to

MOST, AT_ONCE = 2000, 50
UNDOABLE = timedelta(minutes=5)
"""The button stands for ten seconds; who comes late without scripts has this long."""


class BulkAction(Base):
    """The cases that somebody chose, what was done with them, and how each was before."""

    __tablename__ = "bulk_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    at: Mapped[datetime]
    shelf: Mapped[str] = mapped_column(default="")
    """The list they were chosen from."""
    case_ids: Mapped[list[Any]] = mapped_column(default=list)
    verb: Mapped[str] = mapped_column(default="")
    """Empty while they are only chosen."""
    value: Mapped[str] = mapped_column(default="")
    done: Mapped[list[Any]] = mapped_column(default=list)
    """For each case that was changed: its number, its last event, and what it was before."""
    undone_at: Mapped[datetime | None]


def choose(session: Session, by: Agent, case_ids: Iterable[int], shelf: str, at: datetime) -> int:
    """Keep a choice of cases; its number."""
    row = BulkAction(agent_id=by.id, at=at, shelf=shelf, case_ids=sorted(set(case_ids))[:MOST])
    session.add(row)
    session.flush()
    return row.id


def all_of(session: Session, which: ColumnElement[bool]) -> list[int]:
    """All cases of a list, as many as may be changed at once."""
    return list(session.scalars(select(Case.id).where(which).order_by(Case.id).limit(MOST)))


def said(number: int) -> str:
    """How many cases those are."""
    return ngettext("{number} case chosen", "{number} cases chosen", number)


def chosen(session: Session, number: int, by: Agent) -> BulkAction | None:
    """The choice or action of that number, if it is theirs."""
    row = session.get(BulkAction, number)
    return row if row is not None and row.agent_id == by.id else None


def do(number: int, verb: str, value: str, *, by: Agent, at: datetime) -> int:
    """Do it with all cases of the choice; how many were changed.

    Each batch is one transaction with its cases locked in the order of their numbers, so that two
    who act on the same cases wait for one another and never for ever.
    """
    with transaction() as session:
        row = session.get_one(BulkAction, number, with_for_update=True)
        if row.verb:
            return len(row.done)
        row.verb, row.value = verb, value
        # A number that somebody typed names nothing that they may not see, nor is merged into.
        theirs = select(Case.id).where(Case.id.in_(row.case_ids), visible_to(by))
        ids = list(session.scalars(theirs.order_by(Case.id)))
    done: list[Any] = []
    for some in _parts(ids):
        with transaction() as session:
            doing = Doing(session, by.address, at, value, tuple(ids))
            done += _acted(doing, verb, _locked(doing, verb, some, by))
            session.get_one(BulkAction, number).done = list(done)
            live.announce(session)
    return len(done)


def _parts(all_of_them: list[Any]) -> Iterator[list[Any]]:
    """As many as one transaction takes."""
    for start in range(0, len(all_of_them), AT_ONCE):
        yield all_of_them[start : start + AT_ONCE]


def _acted(doing: Doing, verb: str, cases: Sequence[Case]) -> Iterator[list[Any]]:
    for case in cases:
        try:
            before = VERBS[verb].do(doing, case)
        except NotForThis:
            continue
        doing.session.flush()
        yield [case.id, _last_event(doing.session, case.id), before]


def _last_event(session: Session, case_id: int) -> int:
    """What somebody did last: that a promise passed meanwhile is nobody's doing."""
    theirs = (Event.case_id == case_id) & Event.what.not_in((What.WARNED, What.BREACHED))
    return session.scalar(select(func.max(Event.id)).where(theirs)) or 0


def _locked(doing: Doing, verb: str, ids: Sequence[int], by: Agent) -> Sequence[Case]:
    """Those cases, locked in one order together with what is changed besides."""
    all_of_them = {*ids, *VERBS[verb].also(doing, ids)}
    wanted = select(Case).where(Case.id.in_(all_of_them), visible_to(by)).order_by(Case.id)
    found = doing.session.scalars(
        wanted.with_for_update().execution_options(populate_existing=True)
    ).all()
    return [case for case in found if case.id in ids]


def undo(number: int, *, by: Agent, at: datetime) -> int:
    """Take it back where nobody has changed anything since; how many were."""
    with transaction() as session:
        row = session.get_one(BulkAction, number, with_for_update=True)
        if row.undone_at is not None or not row.verb or at - row.at > UNDOABLE:
            return 0
        row.undone_at = at
        verb, value, done, ids = row.verb, row.value, list(row.done), tuple(row.case_ids)
    back = 0
    for some in _parts(done):
        with transaction() as session:
            doing = Doing(session, by.address, at, value, ids)
            back += _undone(doing, verb, {one[0]: one for one in some}, by)
            live.announce(session)
    return back


def _undone(doing: Doing, verb: str, done: dict[int, Any], by: Agent) -> int:
    back = 0
    for case in _locked(doing, verb, list(done), by):
        _number, last, before = done[case.id]
        if _last_event(doing.session, case.id) == last:
            VERBS[verb].undo(doing, case, before)
            back += 1
    return back
