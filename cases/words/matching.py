"""Whether messages hold some words, asked of the index of words or of one case after the other."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, column, func, select, table, text
from sqlalchemy.orm import Session

from cases.case import Case
from cases.message import Message
from cases.words.tables import NAME
from cases.words.terms import Expression, for_postgresql, for_sqlite

EXCERPT = 20_000
"""So much of a message is read to show where the words are."""
_POSTGRESQL = table(NAME, column("message_id"), column("words"))
_SQLITE = table(NAME, column("rowid"))


def is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def hits(session: Session, expression: Expression, by: Expression | None = None) -> Select[int]:
    """The numbers of the messages that fit; PostgreSQL's index may be asked for less than all."""
    if is_postgresql(session):
        query = select(_POSTGRESQL.c.message_id.label("id"))
        if by is not None and by != expression:
            query = query.where(func.ts_match_vq(_POSTGRESQL.c.words, _asked(expression)))
        return query.where(_POSTGRESQL.c.words.op("@@")(_asked(by or expression)))
    said = text(f"{NAME} MATCH :words").bindparams(words=for_sqlite(expression))
    return select(_SQLITE.c.rowid.label("id")).where(said)


def looked_into(session: Session, expression: Expression) -> ColumnElement[bool]:
    """The cases of words that are everywhere: asked of one case after the other."""
    # A value and no EXISTS: that would be turned back into gathering all hits.
    inside = select(Message.id).where(
        Message.case_id == Case.id, _fits(session, expression, Message.id)
    )
    return inside.correlate(Case).limit(1).scalar_subquery().is_not(None)


def _fits(
    session: Session, expression: Expression, number: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """Whether the message of that number fits, asked of its own words alone."""
    if not is_postgresql(session):
        its_own = hits(session, expression).where(_SQLITE.c.rowid == number)
        return number.in_(its_own.correlate(Message))
    # The function behind @@ uses no index: else all hits might be gathered again for each message.
    words = select(func.ts_match_vq(_POSTGRESQL.c.words, _asked(expression)))
    its_own = words.where(_POSTGRESQL.c.message_id == number)
    return its_own.correlate(Message).scalar_subquery().is_(True)


def _asked(expression: Expression) -> ColumnElement[Any]:
    return func.to_tsquery("simple", for_postgresql(expression))


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
