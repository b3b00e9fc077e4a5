"""Which cases hold a message with those words.

Rare words are looked up in the index. Words that are everywhere are not: a list of cases ends after
a page, so walking down the list and looking into each case is quicker than gathering all hits.
"""

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    any_,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from cases.case import Case
from cases.message import Message
from cases.words.tables import NAME
from cases.words.terms import Expression, for_postgresql, for_sqlite

RARE = 10_000
"""Fewer hits than that are gathered."""
EXCERPT = 20_000
"""So much of a message is read to show where the words are."""
_POSTGRESQL = table(NAME, column("message_id"), column("words"))
_SQLITE = table(NAME, column("rowid"))


def holds(session: Session, expression: Expression) -> ColumnElement[bool]:
    """The cases with at least one message that fits."""
    hits = _hits(session, expression)
    some = hits.limit(RARE).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) < RARE:
        if not _is_postgresql(session):
            return Case.id.in_(select(Message.case_id).where(Message.id.in_(hits)))
        # As arrays they are gathered first: else the planner may walk, fearing more hits.
        cases = select(Message.case_id).where(_among(Message.id, hits))
        return _among(Case.id, cases)
    return _looked_into(session, expression)


def _among(number: SQLColumnExpression[int], found: Select[int]) -> ColumnElement[bool]:
    return number == any_(func.array(found.scalar_subquery()))


def _looked_into(session: Session, expression: Expression) -> ColumnElement[bool]:
    # A value and no EXISTS: that would be turned back into gathering all hits.
    inside = select(Message.id).where(
        Message.case_id == Case.id, _fits(session, expression, Message.id)
    )
    return inside.correlate(Case).limit(1).scalar_subquery().is_not(None)


def lacks(session: Session, expression: Expression) -> ColumnElement[bool]:
    """The cases without any message that fits."""
    return ~_looked_into(session, expression)


def _fits(
    session: Session, expression: Expression, number: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """Whether the message of that number fits, asked of the index one by one."""
    hits = _hits(session, expression)
    key = _POSTGRESQL.c.message_id if _is_postgresql(session) else _SQLITE.c.rowid
    return number.in_(hits.where(key == number).correlate(Message))


def _hits(session: Session, expression: Expression) -> Select[int]:
    """The numbers of the messages that fit."""
    if _is_postgresql(session):
        asked = func.to_tsquery("simple", for_postgresql(expression))
        return select(_POSTGRESQL.c.message_id).where(_POSTGRESQL.c.words.op("@@")(asked))
    said = text(f"{NAME} MATCH :words").bindparams(words=for_sqlite(expression))
    return select(_SQLITE.c.rowid).where(said)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def excerpts(session: Session, expression: Expression, case_ids: Collection[int]) -> dict[int, str]:
    """The beginning of each case's newest message that fits."""
    newest = (
        select(func.max(Message.id))
        .where(Message.case_id.in_(case_ids), _fits(session, expression, Message.id))
        .group_by(Message.case_id)
    )
    found = session.execute(
        select(Message.case_id, func.substr(Message.text, 1, EXCERPT)).where(Message.id.in_(newest))
    )
    return {row[0]: row[1] for row in found}
