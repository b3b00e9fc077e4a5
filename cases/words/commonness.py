"""How many messages may hold some words, as PostgreSQL estimates by its statistics alone."""

from collections.abc import Collection, Sequence
from math import prod
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.words.tables import NAME
from cases.words.terms import Expression, Term, for_postgresql, leaves

# Nothing in these texts comes from outside.
_ALL = f"SELECT 1 FROM {NAME}"  # noqa: S608
_WITH = _ALL + " WHERE words @@ to_tsquery('simple', :word_{n})"


def estimates(session: Session, expressions: Collection[Expression]) -> dict[Expression, int]:
    """The messages with each of them, roughly.

    Of a phrase its rarest word counts: who writes one of its words mostly writes all of them.
    """
    if not expressions:
        return {}
    words = list(dict.fromkeys(word for one in expressions for word in _words(one)))
    everything, *known = _rows(session, [for_postgresql(word) for word in words])
    shares = {word: rows / max(everything, 1) for word, rows in zip(words, known, strict=True)}
    return {one: int(_share(one, shares) * everything) for one in expressions}


def _words(expression: Expression) -> list[Term]:
    return [word for one in leaves(expression) for word in _one_by_one(one)]


def _one_by_one(phrase: Term) -> list[Term]:
    *others, last = phrase.words
    before = (Term((word,), phrase.part) for word in others)
    return [*before, Term((last,), phrase.part, phrase.open)]


def _share(expression: Expression, shares: dict[Term, float]) -> float:
    if isinstance(expression, Term):
        return min(shares[word] for word in _one_by_one(expression))
    each = [_share(one, shares) for one in expression.terms]
    return prod(each) if expression.every else min(sum(each), 1.0)


def _rows(session: Session, words: Sequence[str]) -> list[int]:
    """How many rows there are, and how many with each of those words."""
    asked = " UNION ALL ".join([_ALL, *(_WITH.format(n=n) for n in range(len(words)))])
    values = {f"word_{n}": word for n, word in enumerate(words)}
    # As for a cursor: those are planned for one process, which reads all rows of each part.
    cursor = f"EXPLAIN (FORMAT JSON) DECLARE how_many CURSOR FOR {asked}"
    plan: Any = session.scalar(text(cursor), values)
    return [int(one["Plan Rows"]) for one in plan[0]["Plan"]["Plans"]]
