"""The list of cases, and the news since it was drawn."""

from datetime import datetime

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.agent import Agent
from cases.case import Case
from cases.db import reading
from cases.language import ngettext
from inbox.web import notices, rows, shelves
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.folders import MANY, Folder
from inbox.web.fragments import show
from inbox.web.hx import answer, text
from inbox.web.order import NAMES as ORDERS
from inbox.web.order import Order, place
from inbox.web.shelves import Shelf
from inbox.web.who import agent

pages = Pages("listing", __name__)


@pages.get("/")
@allow(Policy.SIGNED_IN)
def home() -> AnyResponse:
    """Where everybody begins: what their work is."""
    return redirect(url_for(start_of(agent())))


def start_of(somebody: Agent) -> str:
    """The endpoint of somebody's first page."""
    if may(somebody, Policy.CASES):
        return "listing.start"
    return "queues.health" if may(somebody, Policy.OPERATIONS) else "console.page"


@pages.get("/inbox")
@allow(Policy.CASES)
def start() -> AnyResponse:
    """The folder that an inbox opens with."""
    return redirect(url_for("listing.folder", name=Folder.UNASSIGNED.value))


@pages.get("/inbox/<name>")
@allow(Policy.CASES)
def folder(name: str) -> Response:
    """One page of a folder."""
    chosen, order = shelf_named(name), order_said(request.args.get("sort", ""))
    behind = place(request.args.get("after", ""))
    with reading() as session:
        page = rows.page(session, agent(), chosen, order, behind, clock.now())
        return show(
            session,
            "listing/page.html",
            title=page.title or abort(404),
            block="list" if behind is None else "more",
            page=page,
            notice=notices.from_address(),
        )


def shelf_named(name: str) -> Shelf:
    """The folder or view of that name, or an error page."""
    return shelves.shelf(name) or abort(404)


def order_said(name: str) -> Order | None:
    """The order of that name; none where the list has its own."""
    return Order(name) if name in ORDERS else None


def order_named(name: str) -> Order:
    """The order of that name; the deadline where none is said."""
    return Order(name) if name in ORDERS else Order.DUE


@pages.get("/inbox/<name>/news")
@allow(Policy.CASES)
def news(name: str) -> Response:
    """How many cases of the folder changed since the list was drawn: announced, never forced."""
    since = _instant(request.args.get("since", ""))
    with reading() as session:
        content = shelves.content(session, shelf_named(name), agent(), clock.now()) or abort(404)
        which = content.which & (Case.last_at > since) & Case.unread
        some = select(Case.id).where(which).limit(MANY).subquery()
        number = session.scalar(select(func.count()).select_from(some)) or 0
    if not number:
        return answer("")
    said = ngettext("{number} new case · show", "{number} new cases · show", number)
    href = url_for("listing.folder", name=name, sort=request.args.get("sort"))
    return answer(f'<a class="news" href="{text(href)}">{text(said)}</a>')


def _instant(words: str) -> datetime:
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        abort(400)
    return found if found.tzinfo is not None else abort(400)
