"""How many cases searches hold: counted no further than anybody reads, and for no longer.

What stands in messages alone is counted among the newest cases; the number says so by its plus.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.rows.patience import TookTooLong, brief
from inbox.web import folders
from inbox.web.asking import finding
from inbox.web.asking.finding import Some
from inbox.web.asking.meaning import Meaning
from inbox.web.order import Order

MANY = "…"
"""Said where counting would take longer than anybody waits."""


def counts(session: Session, meanings: Sequence[Meaning]) -> list[str]:
    """What is said of each: the quick ones in one statement, the others one by one."""
    quick = [one for one in meanings if one.looked is None]
    wanted = [folders.capped(one.known) for one in quick]
    found: Any = session.execute(select(*wanted)).one() if wanted else ()
    said = dict(zip(map(id, quick), map(folders.said_count, found), strict=True))
    slow = len(meanings) - len(quick)
    return [said[id(one)] if id(one) in said else _looked(session, one, slow) for one in meanings]


def _looked(session: Session, meaning: Meaning, among: int) -> str:
    """All of them together take no longer than one search."""
    some = Some(meaning.known, Order.NEWEST, None, finding.LOOKED_INTO).rows()
    which = finding.first(meaning, Order.NEWEST)
    asked = select(folders.capped(which), select(func.count()).select_from(some).scalar_subquery())
    try:
        with brief(session, finding.MOST / among):
            number, looked_into = session.execute(asked).one()
    except TookTooLong:
        return MANY
    if number < folders.MANY and looked_into == finding.LOOKED_INTO:
        return f"{number}+"
    return folders.said_count(number)
