"""Of which words all cases are gathered, since they are few.

Rare words are looked up in the index. Words that are everywhere are not: gathering half a million
hits to show fifty is what makes a search slow. There a case is looked into when a list comes to it,
and whoever asks decides how many cases that may be. How many hits there are PostgreSQL estimates by
its statistics, for nothing; SQLite gives hits one by one, so the first thousands are counted.
All the words of a search are asked about in one go.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, func, literal, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.message import Message
from cases.rows.patience import Patience, TookTooLong, patient
from cases.words import commonness, matching
from cases.words.commonness import RARE, Estimate
from cases.words.terms import Expression, Term

GATHERING = timedelta(milliseconds=200)
"""What takes longer is common: of a phrase, each message with all of its words is read."""
SEEMS_RARE, SEEMS_COMMON = RARE, 5 * RARE
"""Estimates are wrong: between them it is tried where nothing else helps."""
Few = Mapping[Expression, ColumnElement[bool]]
"""The cases of each of the words whose cases are known."""


class Gathering:
    """What is known of the words of one search; what was tried in vain is not tried again."""

    def __init__(self, session: Session, patience: Patience, most: timedelta = GATHERING) -> None:
        self._session, self._patience, self._most = session, patience, most
        self._known: dict[Expression, ColumnElement[bool]] = {}
        self._common: set[Expression] = set()
        self._estimates: dict[Expression, Estimate] = {}

    def gather(self, expressions: Sequence[Expression]) -> Few:
        """Those of them that seem to be rare."""
        new = [one for one in dict.fromkeys(expressions) if one not in self._estimates]
        if not matching.is_postgresql(self._session):
            self._count(new)
            return self._known
        self._estimates |= commonness.estimates(self._session, new)
        self._look_up([one for one in new if self._estimates[one].hits < SEEMS_RARE], self._most)
        return self._known

    def dig(self, expressions: Sequence[Expression], most: timedelta) -> bool:
        """Gather words that are common alone and may be rare together; whether any were rare."""
        before = len(self._known)
        deep = [one for one in dict.fromkeys(expressions) if self._may_be_rare(one)]
        self._look_up(deep, most, deep=True)
        return len(self._known) > before

    def _may_be_rare(self, expression: Expression) -> bool:
        estimate = self._estimates.get(expression)
        if estimate is None or expression in self._known or expression in self._common:
            return False
        several = len(expression.words) > 1 if isinstance(expression, Term) else expression.every
        return several or estimate.hits < SEEMS_COMMON

    def _count(self, expressions: Sequence[Expression]) -> None:
        hits = {one: matching.hits(self._session, one) for one in expressions}
        numbers = [
            select(func.count()).select_from(one.limit(RARE).subquery()).scalar_subquery()
            for one in hits.values()
        ]
        found = self._session.execute(select(*numbers)).one() if numbers else ()
        for one, number in zip(expressions, found, strict=True):
            self._estimates[one] = Estimate(number, one)
            if number < RARE:
                theirs = select(Message.case_id).where(Message.id.in_(hits[one]))
                self._known[one] = Case.id.in_(theirs)
            else:
                self._common.add(one)

    def _look_up(
        self, expressions: Sequence[Expression], most: timedelta, *, deep: bool = False
    ) -> None:
        if not expressions:
            return
        try:
            with self._patience.attempt(most, by_the_index=deep):
                found = self._cases_of(expressions)
        except TookTooLong:
            if len(expressions) == 1:
                self._common |= set(expressions)
                return
            # One of them is to blame.
            for one in expressions:
                self._look_up([one], most, deep=deep)
            return
        for one, (hits, numbers) in zip(expressions, found, strict=True):
            if hits < RARE:
                self._known[one] = Case.id == any_(literal(numbers, ARRAY(Integer)))
            else:
                self._common.add(one)

    def _cases_of(self, expressions: Sequence[Expression]) -> list[tuple[int, list[int]]]:
        """How many hits each has, and the cases of those that have few."""
        asked: list[ColumnElement[Any]] = []
        for n, one in enumerate(expressions):
            rows = matching.hits(self._session, one, by=self._estimates[one].by)
            hits = rows.limit(RARE).cte(f"hits_{n}")
            many = select(func.count()).select_from(hits).scalar_subquery()
            cases = select(func.array_agg(Message.case_id.distinct())).join(
                hits, hits.c.id == Message.id
            )
            asked += [many, cases.where(many < RARE).scalar_subquery()]
        row = self._session.execute(select(*asked)).one()
        return [(hits, cases or []) for hits, cases in zip(row[::2], row[1::2], strict=True)]


def gathered(session: Session, expressions: Sequence[Expression]) -> Few:
    """Those of them that are rare, with the guard of a moment."""
    if not expressions:
        return {}
    with patient(session) as patience:
        return Gathering(session, patience).gather(expressions)


def holds(session: Session, expression: Expression) -> ColumnElement[bool]:
    """The cases with at least one message that fits."""
    few = gathered(session, [expression]).get(expression)
    return few if few is not None else matching.looked_into(session, expression)
