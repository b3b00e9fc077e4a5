"""How many messages may hold some words, as PostgreSQL estimates by its statistics alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.words.tables import NAME
from cases.words.terms import Expression, Group, Term, for_postgresql, leaves

RARE = 10_000
"""So few messages can be gathered."""
# Nothing in these texts comes from outside.
_ALL = f"SELECT 1 FROM {NAME}"  # noqa: S608
_WITH = _ALL + " WHERE words @@ to_tsquery('simple', :word_{n})"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many messages may fit, and what of the words the index is asked for."""

    hits: int
    by: Expression


def estimates(session: Session, expressions: Collection[Expression]) -> dict[Expression, Estimate]:
    """The messages with each of them, roughly.

    Of a phrase its rarest word counts: who writes one of its words mostly writes all of them.
    """
    if not expressions:
        return {}
    words = list(dict.fromkeys(word for one in expressions for word in _words(one)))
    everything, *known = _rows(session, [for_postgresql(word) for word in words])
    rows = Rows(max(everything, 1), dict(zip(words, known, strict=True)))
    return {one: Estimate(rows.of(one), rows.by(one)) for one in expressions}


def _words(expression: Expression) -> list[Term]:
    return [word for one in leaves(expression) for word in _one_by_one(one)]


def _one_by_one(phrase: Term) -> list[Term]:
    *others, last = phrase.words
    before = (Term((word,), phrase.part) for word in others)
    return [*before, Term((last,), phrase.part, phrase.open)]


@dataclass(frozen=True, slots=True)
class Rows:
    """How many messages there are, and how many with each word."""

    everything: int
    each: Mapping[Term, int]

    def of(self, expression: Expression) -> int:
        """How many may fit."""
        return int(self._share(expression) * self.everything)

    def _share(self, expression: Expression) -> float:
        if isinstance(expression, Term):
            return min(self.each[word] for word in _one_by_one(expression)) / self.everything
        shares = [self._share(one) for one in expression.terms]
        return prod(shares) if expression.every else min(sum(shares), 1.0)

    def by(self, expression: Expression) -> Expression:
        """The same without beginnings of everybody's words, where rare words stand beside them.

        For a beginning the index gathers all that begins so, however rare the word beside it is.
        """
        if isinstance(expression, Term):
            *before, last = _one_by_one(expression)
            rare = any(self.each[word] < RARE for word in before)
            if rare and self._is_everywhere(last):
                return Term(expression.words[:-1], expression.part)
            return expression
        telling = [one for one in expression.terms if not self._is_everywhere(one)]
        if not expression.every or not any(self.of(one) < RARE for one in telling):
            telling = list(expression.terms)
        return Group(tuple(map(self.by, telling)), expression.every)

    def _is_everywhere(self, one: Expression) -> bool:
        return isinstance(one, Term) and one.open and self.of(one) >= RARE


def _rows(session: Session, words: Sequence[str]) -> list[int]:
    """How many rows there are, and how many with each of those words."""
    asked = " UNION ALL ".join([_ALL, *(_WITH.format(n=n) for n in range(len(words)))])
    values = {f"word_{n}": word for n, word in enumerate(words)}
    # As for a cursor: those are planned for one process, which reads all rows of each part.
    cursor = f"EXPLAIN (FORMAT JSON) DECLARE how_many CURSOR FOR {asked}"
    plan: Any = session.scalar(text(cursor), values)
    return [int(one["Plan Rows"]) for one in plan[0]["Plan"]["Plans"]]
