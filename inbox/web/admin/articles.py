"""The answers to what many ask: written in both languages, approved, found by their words."""

import re
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import articles
from bot.articles import Article
from cases import clock, language
from cases.db import reading, transaction
from cases.language import gettext as _
from classifiers import taxonomy
from inbox.web import conflicts, notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import rule_words
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("articles", __name__, url_prefix="/admin/articles")
LONGEST_TITLE, LONGEST_TEXT, MOST_KEYWORDS = 200, 20_000, 60
_BETWEEN = re.compile(r"[,\n]")


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All articles."""
    with reading() as session:
        order, at = (Article.approved.desc(), Article.id.desc()), url_for("articles.page")
        return show(
            session,
            "admin/bots/articles.html",
            title=_("Articles"),
            articles=paging.page(session, _asked(), order, lambda row: row[0], at=at),
            asked=paging.asked("q"),
            notice=notices.from_address(),
        )


def _asked() -> Select[Article]:
    """The articles with those words in a title."""
    said, query = paging.asked("q"), select(Article)
    if "q" in said:
        titles = (Article.title_es, Article.title_en)
        query = query.where(or_(*(one.icontains(said["q"], autoescape=True) for one in titles)))
    return query


@pages.get("/new")
@allow(Policy.ADMIN)
def new() -> Response:
    """An empty article."""
    with reading() as session:
        return _form(session, None, _fields(Article(at=clock.now())))


@pages.get("/<int:number>")
@allow(Policy.OPERATIONS)
def one(number: int) -> Response:
    """One article."""
    with reading() as session:
        article = session.get(Article, number) or abort(404)
        return _form(session, article, _fields(article))


def _fields(article: Article) -> dict[str, Any]:
    texts = ("title_es", "title_en", "text_es", "text_en")
    return {
        **{name: getattr(article, name) or "" for name in texts},
        "types": article.types or [],
        "keywords": ", ".join(article.keywords or []),
        "approved": bool(article.approved),
    }


def _called(article: Article) -> str:
    """Its title in the reader's language, else in the other."""
    spoken = (language.current(), *language.LANGUAGES)
    titles = filter(None, (article.title(one) for one in spoken))
    return next(titles, _("Article {number}", number=article.id))


def _form(
    session: Session,
    article: Article | None,
    typed: dict[str, Any],
    wrong: str = "",
    late: Late | None = None,
) -> Response:
    return show(
        session,
        "admin/bots/article.html",
        title=_called(article) if article else _("New article"),
        status=409 if late else 422 if wrong else 200,
        article=article,
        typed=typed,
        wrong=wrong,
        type_choices=rule_words.types(),
        notice=notices.from_address(),
        **conflicts.shown(_fields(article) if article else {}, late),
    )


@pages.post("")
@allow(Policy.ADMIN)
def create() -> AnyResponse:
    """A new article."""
    return _saved(None)


@pages.post("/<int:number>")
@allow(Policy.ADMIN)
def save(number: int) -> AnyResponse:
    """The article as it is now."""
    return _saved(number)


def _saved(number: int | None) -> AnyResponse:
    typed = _typed()
    again = {**typed, "keywords": ", ".join(typed["keywords"])}
    with transaction(lock=conflicts.LOCK) as session:
        article = session.get(Article, number) or abort(404) if number is not None else None
        if article is not None:
            saver = conflicts.by_row(article)
            if late := conflicts.late(_fields(article), again, saver):
                return _form(session, article, again, late=late)
        if wrong := _refusal(typed):
            return _form(session, article, again, wrong)
        kept = article if article is not None else Article(at=clock.now())
        for name, value in typed.items():
            setattr(kept, name, value)
        kept.by, kept.at = agent().address, clock.now()
        kept.slug = articles.address(session, kept)
        session.add(kept)
        session.flush()
        saved = kept.id
    return redirect(url_for("articles.one", number=saved, done=f"saved.{saved}"), 303)


def _typed() -> dict[str, Any]:
    form = request.form
    known = {*taxonomy.codes(), *(one.code for one in taxonomy.parents())}
    words = [one.strip()[:80] for one in _BETWEEN.split(form.get("keywords", "")[:8000])]
    return {
        "title_es": form.get("title_es", "").strip()[:LONGEST_TITLE],
        "title_en": form.get("title_en", "").strip()[:LONGEST_TITLE],
        "text_es": form.get("text_es", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT],
        "text_en": form.get("text_en", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT],
        "types": [code for code in form.getlist("types") if code in known],
        "keywords": list(dict.fromkeys(filter(None, words)))[:MOST_KEYWORDS],
        "approved": form.get("approved") == "yes",
    }


def _refusal(typed: dict[str, Any]) -> str:
    pairs = [(typed[f"title_{one}"], typed[f"text_{one}"]) for one in ("es", "en")]
    if any(bool(title) is not bool(text) for title, text in pairs):
        return _("A language needs both, a title and a text.")
    if not any(title for title, _text in pairs):
        return _("Write it in one language at least.")
    return ""
