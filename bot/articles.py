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

ENOUGH = 0.25
MOST = 2
_WORDS = re.compile(r"[^\W\d_]{4,30}")
_LOOKED_AT = 2000


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


def fitting(articles: Iterable[Article], asked: Asked) -> list[Article]:
    """The few articles that answer best, best first; none rather than a poor one."""
    words = _stems(asked.words)
    marked = [(_likeness(one, asked, words), one) for one in articles if one.text(asked.language)]
    good = [(mark, one) for mark, one in marked if mark >= ENOUGH]
    return [one for _mark, one in sorted(good, key=lambda pair: (-pair[0], pair[1].id))][:MOST]


def _likeness(article: Article, asked: Asked, words: set[str]) -> float:
    title = _stems(article.title(asked.language))
    body = _stems(article.text(asked.language))
    of_type = bool({asked.type, asked.type.partition(".")[0]} & set(article.types) - {""})
    in_title = len(words & title) / len(title) if title else 0.0
    in_body = len(words & body) / len(words) if words else 0.0
    # Words alone mislead between types that speak of the same things, so the type weighs most.
    return 0.3 * of_type + 0.5 * in_title + 0.2 * in_body if of_type or not article.types else 0.0


def _stems(text: str) -> set[str]:
    """The beginnings of the longer words, without accents: enough to tell plurals alike."""
    plain = unicodedata.normalize("NFD", text[:_LOOKED_AT].lower())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return {word[:6] for word in _WORDS.findall(bare)}
