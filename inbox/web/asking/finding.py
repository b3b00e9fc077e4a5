"""A page of what a search finds: by the index where it can, else case by case from the newest back.

Nobody waits longer than a moment. What no index knows is looked for in some thousands of cases;
the page says how far back that was, and the next one goes on from there.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Subquery, and_, func, select, true
from sqlalchemy.orm import Session

from cases.case import Case
from cases.rows.patience import Patience, TookTooLong, brief, patient
from cases.words.gathering import Gathering
from inbox.web.asking.asker import Asker
from inbox.web.asking.meaning import Meaning, understand
from inbox.web.listed import Line, a_page, lines, with_people
from inbox.web.order import PAGE, Order, Place, place_of, rules, sorted_by

WHOLE = timedelta(milliseconds=140)
"""What a search takes at most where all goes well: what is left of it is used to look harder."""
LEAST = timedelta(milliseconds=20)
"""Where less is left, it is not worth to begin."""
MOST = timedelta(milliseconds=300)
"""What one statement of it may take."""
LOOKED_INTO = 2_000
"""Cases whose messages are read for one page."""
LOOKED_AT = 20_000
"""Cases of which only the row is read, where no index helps."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the cases: where they go on, and until when they were looked for."""

    lines: Sequence[Line]
    after: Place | None = None
    back_to: datetime | None = None
    """Older cases may fit too: they were not looked at. None where all were."""


def find(asked: str, asker: Asker, behind: Place | None) -> tuple[Meaning, Slice]:
    """What fits, the newest first. Raises NotUnderstood."""
    end = time.monotonic() + WHOLE.total_seconds()
    with patient(asker.session) as patience:
        gathering = Gathering(asker.session, patience, MOST)
        meaning = understand(asked, asker, gathering)
        found = _in_time(patience, MOST, asker, meaning, behind)
        left = timedelta(seconds=end - time.monotonic())
        older = found is not None and found.back_to is not None
        if older and left > LEAST and gathering.dig(meaning.wanted, left):
            # Words that are common alone were rare together.
            meaning = understand(asked, asker, gathering)
            found = _in_time(patience, left, asker, meaning, behind, digging=True) or found
    if found is None:
        return meaning, _of_the_newest(asker, meaning, behind)
    return meaning, found


def _in_time(
    patience: Patience,
    most: timedelta,
    asker: Asker,
    meaning: Meaning,
    behind: Place | None,
    *,
    digging: bool = False,
) -> Slice | None:
    """A page, the newest first; None where it takes longer."""
    try:
        with patience.attempt(most, by_the_index=digging):
            return a_slice(asker.session, meaning, asker.now, Order.NEWEST, behind)
    except TookTooLong:
        return None


def a_slice(
    session: Session, meaning: Meaning, now: datetime, order: Order, behind: Place | None
) -> Slice:
    """A page of them; those that must be looked into are no more than some."""
    if meaning.looked is not None:
        some = Some(meaning.known, order, behind, LOOKED_INTO)
        return _within(session, some, meaning.looked, now)
    return cut(lines(session, a_page(meaning.known, order, behind, now)), order)


def in_a_moment(
    session: Session, meaning: Meaning, now: datetime, order: Order, behind: Place | None
) -> Slice:
    """A page of a view: where its messages take too long to read, those of fewer cases are."""
    if meaning.looked is None:
        return a_slice(session, meaning, now, order, behind)
    try:
        with brief(session, MOST):
            return a_slice(session, meaning, now, order, behind)
    except TookTooLong:
        some = Some(meaning.known, order, behind, LOOKED_INTO // 4)
        return _within(session, some, meaning.looked, now)


def _of_the_newest(asker: Asker, meaning: Meaning, behind: Place | None) -> Slice:
    """Those among the newest cases alone."""
    most = LOOKED_AT if meaning.looked is None else LOOKED_INTO // 4
    some = Some(true(), Order.NEWEST, behind, most)
    return _within(asker.session, some, meaning.which, asker.now)


def first(meaning: Meaning, order: Order, behind: Place | None = None) -> ColumnElement[bool]:
    """What fits; where messages must be looked into, among the first cases of that order alone."""
    if meaning.looked is None:
        return meaning.known
    some = Some(meaning.known, order, behind, LOOKED_INTO).rows()
    return and_(Case.id.in_(select(some.c.id)), meaning.looked)


@dataclass(frozen=True, slots=True)
class Some:
    """The first cases of a list."""

    known: ColumnElement[bool]
    order: Order
    behind: Place | None
    most: int

    def rows(self) -> Subquery:
        columns = select(Case.id, Case.due_at, Case.last_at).where(self.known)
        return sorted_by(columns, self.order, self.behind).limit(self.most).subquery()


def _within(session: Session, some: Some, looked: ColumnElement[bool], now: datetime) -> Slice:
    """What fits among some cases, which are asked one by one until the page is full."""
    these, order = some.rows(), some.order
    query = with_people(now).join(these, these.c.id == Case.id).where(looked)
    # By the columns of those some: so they are not gathered and sorted once more.
    found = lines(session, query.order_by(*rules(order, these.c)).limit(PAGE + 1))
    if len(found) > PAGE:
        return cut(found, order)
    nth = func.row_number().over(order_by=rules(order, these.c)).label("nth")
    numbered = select(these, nth).subquery()
    last = session.execute(select(numbered).where(numbered.c.nth == some.most)).first()
    return Slice(found, place_of(last, order), last.last_at) if last else Slice(found)


def cut(found: Sequence[Line], order: Order) -> Slice:
    """The page, and where the next one begins."""
    if len(found) <= PAGE:
        return Slice(found)
    return Slice(found[:PAGE], place_of(found[PAGE - 1].case, order))
