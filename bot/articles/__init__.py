"""Answers to what many ask, in both languages; only approved ones are shown and sent."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.articles.stems import bare
from cases.db import Base
from cases.language import LANGUAGES

_SLUG = re.compile(r"[^a-z0-9]+")


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


def slug_of(title: str) -> str:
    """A title as it stands in an address."""
    return _SLUG.sub("-", bare(title[:80])).strip("-") or "article"
