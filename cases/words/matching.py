"""Which cases hold a message with those words.

Rare words are looked up in the index. Words that are everywhere are not: gathering half a million
hits to show fifty is what makes a search slow. There a case is looked into when a list comes to it,
and whoever asks decides how many cases that may be. How many hits there are PostgreSQL estimates by
its statistics, for nothing; SQLite gives hits one by one, so the first thousands are counted.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    any_,
    column,
    func,
    literal,
    select,
    table,
    text,
    true,
)
from sqlalchemy.orm import Session

from cases.case import Case
from cases.message import Message
from cases.patience import TookTooLong, brief
from cases.words.tables import NAME
from cases.words.terms import Expression, for_postgresql, for_sqlite

RARE = 10_000
"""Fewer hits than that are gathered."""
GATHERING = timedelta(milliseconds=200)
"""What takes longer is common: of a phrase, each message with all of its words is read."""
EXCERPT = 20_000
"""So much of a message is read to show where the words are."""
_POSTGRESQL = table(NAME, column("message_id"), column("words"))
_SQLITE = table(NAME, column("rowid"))
_EXPLAIN = text(
    f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {NAME} WHERE words @@ to_tsquery('simple', :words)"  # noqa: S608
)


def holds(session: Session, expression: Expression) -> ColumnElement[bool]:
    """The cases with at least one message that fits."""
    few = gathered(session, expression)
    return few if few is not None else looked_into(session, expression)


def lacks(session: Session, expression: Expression) -> ColumnElement[bool]:
    """The cases without any message that fits."""
    return ~holds(session, expression)


def gathered(
    session: Session, expression: Expression, *, thorough: bool = False
) -> ColumnElement[bool] | None:
    """The same, where they are so few that they are known at once; else None.

    Only who is thorough gathers what is estimated as common.
    """
    if not _is_postgresql(session):
        hits = _hits(session, expression)
        some = hits.limit(RARE).subquery()
        if (session.scalar(select(func.count()).select_from(some)) or 0) >= RARE:
            return None
        return Case.id.in_(select(Message.case_id).where(Message.id.in_(hits)))
    if not thorough and _estimated(session, expression) >= RARE:
        return None
    found = _cases_of(session, expression, thorough=thorough)
    return Case.id == any_(literal(found, ARRAY(Integer))) if found is not None else None


def _estimated(session: Session, expression: Expression) -> int:
    plan: Any = session.scalar(_EXPLAIN, {"words": for_postgresql(expression)})
    return int(plan[0]["Plan"]["Plan Rows"])


def _cases_of(session: Session, expression: Expression, *, thorough: bool) -> list[int] | None:
    """The cases of all hits, or None where those are too many."""
    hits = _hits(session, expression).limit(RARE).subquery()
    cases = select(Message.case_id).join(hits, hits.c.message_id == Message.id)
    try:
        with brief(session, GATHERING), _by_the_index(session, wanted=thorough):
            found = session.scalars(cases).all()
    except TookTooLong:
        return None
    return sorted(set(found)) if len(found) < RARE else None


@contextmanager
def _by_the_index(session: Session, *, wanted: bool) -> Iterator[None]:
    """Where many hits are feared, PostgreSQL reads all messages, hoping for the first thousands."""
    if wanted:
        session.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    if wanted:
        session.execute(text("SET LOCAL enable_seqscan TO DEFAULT"))


def looked_into(session: Session, expression: Expression) -> ColumnElement[bool]:
    """Those of words that are everywhere: asked of one case after the other."""
    # A value and no EXISTS: that would be turned back into gathering all hits.
    inside = select(Message.id).where(
        Message.case_id == Case.id, _fits(session, expression, Message.id)
    )
    return inside.correlate(Case).limit(1).scalar_subquery().is_not(None)


def _fits(
    session: Session, expression: Expression, number: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """Whether the message of that number fits, asked of its own words alone."""
    if not _is_postgresql(session):
        hits = _hits(session, expression)
        return number.in_(hits.where(_SQLITE.c.rowid == number).correlate(Message))
    # The function behind @@ uses no index: else all hits might be gathered again for each message.
    words = select(func.ts_match_vq(_POSTGRESQL.c.words, _asked(expression)))
    its_own = words.where(_POSTGRESQL.c.message_id == number)
    return its_own.correlate(Message).scalar_subquery().is_(true())


def _asked(expression: Expression) -> ColumnElement[Any]:
    return func.to_tsquery("simple", for_postgresql(expression))


def _hits(session: Session, expression: Expression) -> Select[int]:
    """The numbers of the messages that fit."""
    if _is_postgresql(session):
        fits = _POSTGRESQL.c.words.op("@@")(_asked(expression))
        return select(_POSTGRESQL.c.message_id).where(fits)
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
