"""Approved answers to what many ask: which fit a mail, by its type and its words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.language import LANGUAGES

MOST, LONGEST_QUERY = 2, 200
ENOUGH, ENOUGH_UNTYPED = 2, 3
"""Points of a title and keywords that have to be found; more where no type speaks for it."""
_WORDS = re.compile(r"[^\W\d_]{4,30}")
_ALL_WORDS = re.compile(r"[^\W_]{1,30}")
_LOOKED_AT = 2000
_SLUG = re.compile(r"[^a-z0-9]+")


def _stem(word: str) -> str:
    """The beginning of a word, and no mark of a plural: enough to tell the same words."""
    return (word[:-1] if word.endswith("s") and len(word) > 4 else word)[:6]


# Words that stand in mails about everything.
_EMPTY = frozenset(
    map(
        _stem,
        """
    para como pero esto esta este estos estas desde hasta cuando donde quiero quiere puedo puede
    pueden tengo tiene hacer hace hola buenos buenas dias tardes gracia saludo sobre porque favor
    algo nada todo todos toda mismo misma otra otro solo cada entre muy unos unas sido ser usted
    vuestr nuestr ustede desear necesi ayuda ayudar pregun consul inform client servic
    have been with your this that what when where from they them then there would could should
    want need like does hello dear thank thanks please regard about some into just also more very
    will help questi custom servic inform many much
    """.split(),  # noqa: SIM905  a list of words reads better as text
    )
)


class Article(Base):
    """One answer in both languages."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    title_es: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str] = mapped_column(default="")
    text_es: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(default="")
    types: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the taxonomy that it answers: leaves or branches."""
    keywords: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Words and short phrases of customers that this answers, in either language."""
    slug: Mapped[str | None] = mapped_column(unique=True)
    """Its address on the public pages."""
    approved: Mapped[bool] = mapped_column(default=False)
    solved: Mapped[int] = mapped_column(default=0)
    """How many said that it solved their matter."""
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]

    def title(self, language: str) -> str:
        return str(getattr(self, f"title_{_spoken(language)}"))

    def text(self, language: str) -> str:
        return str(getattr(self, f"text_{_spoken(language)}"))


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else "en"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer wants to know."""

    type: str
    words: str
    language: str


def approved(session: Session) -> Sequence[Article]:
    """The articles that may be sent."""
    return session.scalars(select(Article).where(Article.approved).order_by(Article.id)).all()


def of_slug(session: Session, slug: str) -> Article | None:
    """The approved article at that public address."""
    there = select(Article).where(Article.slug == slug, Article.approved)
    return session.scalars(there).one_or_none()


def address(session: Session, article: Article) -> str:
    """An address for it that no other has; the one it has stays, since people link to it."""
    if article.slug:
        return article.slug
    wanted = slug_of(article.title_en or article.title_es)
    taken = set(session.scalars(select(Article.slug).where(Article.slug.startswith(wanted))))
    free = (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3)))
    return next(one for one in free if one not in taken)


def fitting(articles: Iterable[Article], asked: Asked) -> list[Article]:
    """The few articles that answer best, best first; none rather than a poor one."""
    words = _stems(asked.words)
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
    if article.types and not {asked.type, asked.type.partition(".")[0]} & set(article.types) - {""}:
        return 0
    points = len(words & _stems(article.title(asked.language)))
    flowing = _flowing(asked.words[:_LOOKED_AT])
    for keyword in article.keywords:
        if " " in keyword.strip():
            points += 2 * (_flowing(keyword) in flowing)
        else:
            points += len(_stems(keyword) & words - _stems(article.title(asked.language)))
    return points


def _share(article: Article, asked: Asked, words: set[str]) -> float:
    """How much of what was said the text speaks of, for the order among those that fit."""
    body = _stems(article.text(asked.language))
    return len(words & body) / len(words) if words else 0.0


def _stems(text: str) -> set[str]:
    """The beginnings of the longer words, without accents: enough to tell plurals alike."""
    return {_stem(word) for word in _WORDS.findall(_bare(text[:_LOOKED_AT]))} - _EMPTY


def _bare(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _flowing(text: str) -> str:
    """All words with one space around each, so that a phrase is found as it is said."""
    return f" {' '.join(_ALL_WORDS.findall(_bare(text)))} "


def slug_of(title: str) -> str:
    """A title as it stands in an address."""
    return _SLUG.sub("-", _bare(title[:80])).strip("-") or "article"


def matching(articles: Iterable[Article], query: str, language: str) -> list[Article]:
    """The articles that speak of what a visitor looks for, best first; all for no query."""
    wanted = _stems(query[:LONGEST_QUERY])
    there = [one for one in articles if one.text(language)]
    if not wanted:
        return sorted(there, key=lambda one: one.title(language).lower())
    marked = [(_found(one, wanted, language), one) for one in there]
    good = [pair for pair in marked if pair[0]]
    return [one for _mark, one in sorted(good, key=lambda pair: (-pair[0], pair[1].id))]


def _found(article: Article, wanted: set[str], language: str) -> float:
    title = _stems(f"{article.title(language)} {' '.join(article.keywords)}")
    return 2 * len(wanted & title) + len(wanted & _stems(article.text(language)))
