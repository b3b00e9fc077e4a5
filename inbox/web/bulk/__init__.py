"""What is done with many cases at once, and taken back: some at a time, written down case by case.

An undoing leaves alone what somebody has touched since, so it never overwrites a colleague. What
takes longer than a request goes on with the next one, or by itself if nobody comes back; it stops
where whoever began it may no longer sign in, and the audit says how far it came.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import audit
from cases.agent import Agent
from cases.case import Case
from cases.db import Base, transaction
from cases.history import Event, What
from cases.language import ngettext
from cases.settings import settings
from inbox.web import live
from inbox.web.bulk.verbs import VERBS, Doing, NotForThis
from inbox.web.visible import visible_to

MOST, AT_ONCE = 2000, 50
PROGRAM = "tregua"
A_MOMENT = timedelta(seconds=2)
"""How long whoever began it waits before they are shown how far it is."""
LEFT_ALONE = timedelta(seconds=30)
"""What is not done by then goes on by itself, whether or not its page is still open."""
UNDOABLE = timedelta(minutes=5)
"""The button stands for ten seconds; who comes late without scripts has this long."""


class BulkAction(Base):
    """The cases that somebody chose, what was done with them, and how each was before."""

    __tablename__ = "bulk_action"
    __table_args__ = (
        Index(
            "ix_bulk_action_unfinished",
            "id",
            postgresql_where=text("unfinished"),
            sqlite_where=text("unfinished"),
        ),
    )

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
    looked_back_to: Mapped[datetime | None]
    """Of all of a view: older cases may belong to it too, and were not looked into."""
    unfinished: Mapped[bool] = mapped_column(default=False, server_default="0")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many cases had their turn, or how many of what was done while it is taken back."""
    came_back: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many are as they were before."""

    @property
    def turns(self) -> int:
        """How many cases have a turn in what is being done."""
        return len(self.done if self.undone_at is not None else self.case_ids)


def choose(session: Session, by: Agent, case_ids: Iterable[int], shelf: str, at: datetime) -> int:
    """Keep a choice of cases; its number."""
    row = BulkAction(agent_id=by.id, at=at, shelf=shelf, case_ids=sorted(set(case_ids))[:MOST])
    session.add(row)
    session.flush()
    return row.id


def said(number: int) -> str:
    """How many cases those are."""
    return ngettext("{number} case chosen", "{number} cases chosen", number)


def chosen(session: Session, number: int, by: Agent) -> BulkAction | None:
    """The choice or action of that number, if it is theirs."""
    row = session.get(BulkAction, number)
    return row if row is not None and row.agent_id == by.id else None


def begin(number: int, verb: str, value: str, *, by: Agent, at: datetime) -> None:
    """It is to be done with all cases of the choice; a choice is acted on once."""
    with transaction() as session:
        row = session.get_one(BulkAction, number, with_for_update=True)
        if not row.verb:
            act(session, row, verb, value, by=by, at=at)


def act(
    session: Session, row: BulkAction, verb: str, value: str, *, by: Agent, at: datetime
) -> None:
    """The same for a choice that is locked, and that nobody has acted on."""
    row.verb, row.value, row.at, row.unfinished = verb, value, at, True
    # A number that somebody typed names nothing that they may not see, nor is merged into.
    theirs = select(Case.id).where(Case.id.in_(row.case_ids), visible_to(by))
    row.case_ids = list(session.scalars(theirs.order_by(Case.id)))


def begin_undoing(number: int, *, at: datetime) -> bool:
    """It is to be taken back; False where that was said before, or comes too late."""
    with transaction() as session:
        row = session.get_one(BulkAction, number, with_for_update=True)
        in_time = row.unfinished or at - row.at <= UNDOABLE
        if row.undone_at is not None or not row.verb or not in_time:
            return False
        row.undone_at, row.unfinished, row.position = at, True, 0
        return True


def go_on(number: int, *, by: Agent, at: datetime, most: timedelta = A_MOMENT) -> bool:
    """Go on with it for so long; whether all is done."""
    end = time.monotonic() + most.total_seconds()
    while _step(number, by, at):
        if time.monotonic() > end:
            return False
    return True


def _step(number: int, by: Agent, at: datetime) -> bool:
    """The next cases; whether more are left.

    Each step is one transaction with its cases locked in the order of their numbers, so that two
    who act on the same cases wait for one another and never for ever.
    """
    with transaction() as session:
        row = session.get_one(BulkAction, number, with_for_update=True)
        if not row.unfinished:
            return False
        # Their access is looked at anew: `by` may have been read before it was taken away.
        if not session.scalar(select(Agent.active).where(Agent.id == row.agent_id)):
            return _stopped(session, row, by)
        zone = by.zone or settings().zone
        doing = Doing(session, by.address, at, row.value, tuple(row.case_ids), zone)
        turns = slice(row.position, row.position + AT_ONCE)
        if row.undone_at is not None:
            row.came_back += _undone(doing, row.verb, {one[0]: one for one in row.done[turns]}, by)
        else:
            cases = _locked(doing, row.verb, row.case_ids[turns], by)
            row.done = [*row.done, *_acted(doing, row.verb, cases)]
        row.position += AT_ONCE
        row.unfinished = row.position < row.turns
        if not row.unfinished and row.undone_at is None:
            row.at = at
        live.announce(session)
        return row.unfinished


def _stopped(session: Session, row: BulkAction, by: Agent) -> bool:
    """What was done stays done; nothing more is done in the name of somebody who was let go."""
    row.unfinished = False
    far = {"done": min(row.position, row.turns), "of": row.turns}
    audit.note(session, by=PROGRAM, what="user.bulk_stopped", about=by.address, **far)
    return False


def left_alone(session: Session, at: datetime) -> Sequence[tuple[int, Agent]]:
    """What somebody began and nobody goes on with, the oldest first."""
    waiting = (
        select(BulkAction.id, Agent)
        .join(Agent, Agent.id == BulkAction.agent_id)
        .where(BulkAction.unfinished, BulkAction.at < at - LEFT_ALONE)
    )
    return [(row[0], row[1]) for row in session.execute(waiting.order_by(BulkAction.id).limit(5))]


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


def _undone(doing: Doing, verb: str, done: dict[int, Any], by: Agent) -> int:
    back = 0
    for case in _locked(doing, verb, list(done), by):
        _number, last, before = done[case.id]
        if _last_event(doing.session, case.id) == last:
            VERBS[verb].undo(doing, case, before)
            back += 1
    return back
