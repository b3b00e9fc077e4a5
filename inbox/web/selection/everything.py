"""All cases of a list, as many as may be changed at once and as far back as a moment allows."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from cases import clock
from cases.case import Case
from cases.rows.patience import TookTooLong, brief
from inbox.web.asking.finding import LEAST, LOOKED_AT, LOOKED_INTO, Some
from inbox.web.bulk import MOST
from inbox.web.order import Order, Place, rules
from inbox.web.shelves import Content

A_MOMENT = timedelta(seconds=2)
"""What somebody waits who asks for a whole list: more than for its first page."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Their numbers, the newest first."""

    case_ids: list[int]
    back_to: datetime | None = None
    """Older cases may belong there too: they were not looked into. None where all were."""


def all_of(session: Session, content: Content) -> Everything:
    """What stands in the list now."""
    meaning = content.meaning
    if meaning is not None and meaning.looked is not None:
        return _walked(session, meaning.known, meaning.looked, LOOKED_INTO // 4)
    newest = select(Case.id).where(content.which).order_by(Case.last_at.desc(), Case.id.desc())
    try:
        with brief(session, A_MOMENT):
            return Everything(list(session.scalars(newest.limit(MOST))))
    except TookTooLong:
        return _walked(session, true(), content.which, LOOKED_AT)


def _walked(
    session: Session, known: ColumnElement[bool], looked: ColumnElement[bool], size: int
) -> Everything:
    """From the newest back, so many at a time, until the moment is over."""
    found: list[int] = []
    behind: Place | None = None
    end = time.monotonic() + A_MOMENT.total_seconds()
    while len(found) < MOST:
        left = timedelta(seconds=end - time.monotonic())
        if behind is not None and left < LEAST:
            break
        some = Some(known, Order.NEWEST, behind, size).rows()
        columns = select(some.c.id, some.c.last_at, looked.label("fits"))
        asked = columns.join(Case, Case.id == some.c.id).order_by(*rules(Order.NEWEST, some.c))
        try:
            with brief(session, max(left, LEAST)):
                rows = session.execute(asked).all()
        except TookTooLong:
            break
        found += [row.id for row in rows if row.fits]
        if len(rows) < size:
            return Everything(found[:MOST])
        behind = Place(rows[-1].last_at, rows[-1].id)
    return Everything(found[:MOST], behind.at if behind is not None else clock.now())
