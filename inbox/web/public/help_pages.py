"""The help centre for everybody: approved articles in both languages, found by their words."""

from flask import Response, abort, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import articles
from bot.articles import Article, fitting
from cases import language
from cases.db import reading
from cases.language import gettext as _
from cases.mailbox import Mailbox
from inbox.web.access import Pages, Policy, allow
from inbox.web.pace import Pace, too_fast

pages = Pages("help_pages", __name__)
SHOWN = 100
SEARCHES = Pace(30)
"""A minute, from one place."""


@pages.get("/help")
@allow(Policy.PUBLIC)
def page() -> Response:
    """All articles, or those that speak of what a visitor looks for."""
    spoken = _speak()
    if "q" in request.args and not SEARCHES.allows(request.remote_addr or ""):
        return too_fast()
    query = request.args.get("q", "").strip()[: fitting.LONGEST_QUERY]
    with reading() as session:
        found = fitting.matching(articles.approved(session), query, spoken)[:SHOWN]
        shown = render_template(
            "help_pages/page.html",
            title=_("Help"),
            found=found,
            query=query,
            spoken=spoken,
            other=_other(spoken),
            **_who_answers(session, spoken),
        )
    return make_response(shown)


@pages.get("/help/<slug>")
@allow(Policy.PUBLIC)
def article(slug: str) -> Response:
    """One article, in the language that was asked for, or in the one it has."""
    wanted = _speak()
    with reading() as session:
        found = _the_article(session, slug)
        spoken = wanted if found.text(wanted) else _other(wanted)
        language.choose(spoken)
        both = bool(found.text(_other(spoken)))
        shown = render_template(
            "help_pages/article.html",
            title=found.title(spoken),
            article=found,
            spoken=spoken,
            other=_other(spoken) if both else "",
            **_who_answers(session, spoken),
        )
    return make_response(shown)


def _speak() -> str:
    asked = request.args.get("lang", "")
    spoken = asked if asked in language.LANGUAGES else language.current()
    language.choose(spoken)
    return spoken


def _who_answers(session: Session, spoken: str) -> dict[str, str]:
    """The mailbox whose form answers who found nothing: one that speaks so comes first."""
    boxes = select(Mailbox.address, Mailbox.name).where(Mailbox.paused.is_(False))
    first = session.execute(boxes.order_by(Mailbox.language != spoken, Mailbox.id).limit(1)).first()
    return {"write_to": first[0], "shop": first[1]} if first else {"write_to": "", "shop": ""}


def _other(spoken: str) -> str:
    return next(one for one in language.LANGUAGES if one != spoken)


def _the_article(session: Session, slug: str) -> Article:
    found = articles.of_slug(session, slug) if len(slug) <= 100 else None
    return found if found is not None else abort(404)
