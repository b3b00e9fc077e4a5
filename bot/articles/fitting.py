"""Which articles answer a mail, and which a visitor looks for: by type and words."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.articles import Article
from bot.articles.stems import LOOKED_AT, flowing, stems
from classifiers import taxonomy

MOST, LONGEST_QUERY = 2, 200
ENOUGH, ENOUGH_UNTYPED = 2, 3
"""Points of a title and keywords that have to be found; more where no type speaks for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer wants to know."""

    type: str
    words: str
    language: str


def fitting(articles: Iterable[Article], asked: Asked) -> list[Article]:
    """The few articles that answer best, best first; none rather than a poor one."""
    words = stems(asked.words)
    marked = [(_points(one, asked, words), one) for one in articles if one.text(asked.language)]
    good = [
        (points + _share(one, asked, words), one)
        for points, one in marked
        if points >= (ENOUGH if one.types else ENOUGH_UNTYPED)
    ]
    return [one for _mark, one in sorted(good, key=lambda pair: (-pair[0], pair[1].id))][:MOST]


def _points(article: Article, asked: Asked, words: set[str]) -> int:
    """What speaks for it: a point for each word of its title, and for each keyword, that was said.

    The type alone is never enough: an article about changing an address answers nobody whose
    parcel is late, although both are about deliveries.
    """
    if article.types and not any(taxonomy.covers(one, asked.type) for one in article.types if one):
        return 0
    points = len(words & stems(article.title(asked.language)))
    said = flowing(asked.words[:LOOKED_AT])
    for keyword in article.keywords:
        if " " in keyword.strip():
            points += 2 * (flowing(keyword) in said)
        else:
            points += len(stems(keyword) & words - stems(article.title(asked.language)))
    return points


def _share(article: Article, asked: Asked, words: set[str]) -> float:
    """How much of what was said the text speaks of, for the order among those that fit."""
    body = stems(article.text(asked.language))
    return len(words & body) / len(words) if words else 0.0


def matching(articles: Iterable[Article], query: str, language: str) -> list[Article]:
    """The articles that speak of what a visitor looks for, best first; all for no query."""
    wanted = stems(query[:LONGEST_QUERY])
    there = [one for one in articles if one.text(language)]
    if not wanted:
        return sorted(there, key=lambda one: one.title(language).lower())
    marked = [(_found(one, wanted, language), one) for one in there]
    good = [pair for pair in marked if pair[0]]
    return [one for _mark, one in sorted(good, key=lambda pair: (-pair[0], pair[1].id))]


def _found(article: Article, wanted: set[str], language: str) -> float:
    title = stems(f"{article.title(language)} {' '.join(article.keywords)}")
    return 2 * len(wanted & title) + len(wanted & stems(article.text(language)))
