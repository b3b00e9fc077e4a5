"""What may come next in the search box, while somebody types: a list below it, in any page."""

from flask import redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases.db import reading
from cases.exclusions.reasons import Reason
from cases.mailbox import Mailbox
from cases.tag import case_tags
from inbox.web import casefile, hx, palette, rows, words
from inbox.web.access import Pages, Policy, allow
from inbox.web.asking import suggesting
from inbox.web.asking.grammar import LONGEST
from inbox.web.asking.suggesting import Known, Suggestion
from inbox.web.fragments import piece
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("suggestions", __name__)
MOST = 200
PLACES = ("q", "as-search", "rest")
"""The boxes that a search can be typed in, by their ids."""


@pages.get("/search/suggestions")
@allow(Policy.CASES)
def page() -> AnyResponse:
    """Names and values that fit what was typed; without scripts nobody asks for them."""
    place = request.args.get("for", "")
    place = place if place in PLACES else PLACES[0]
    typed = request.args.get("rest" if place == "rest" else "q", "")[:LONGEST]
    if not hx.asked().is_partial:
        return redirect(url_for("search.page", q=typed), 303)
    with reading() as session:
        found = suggesting.suggestions(typed, _known(session, typed))
        if place == PLACES[0]:
            found = [*_people(session, typed), *found]
    target, template = f"#{place}-list", "search/page.html"
    return hx.answer(piece(template, "suggestions", target, suggested=found, asked_in=place))


def _people(session: Session, typed: str) -> list[Suggestion]:
    """Customers who are called so, each with the way to their page."""
    if ":" in typed or '"' in typed:
        return []
    return [
        Suggestion(typed, rows.called(one), one.address, url_for("contact.page", contact_id=one.id))
        for one in palette.people(session, typed.strip())
    ]


def _known(session: Session, typed: str) -> Known:
    """What only the database knows, asked for where a colon was typed."""
    if ":" not in typed:
        return {}
    boxes = session.execute(select(Mailbox.address, Mailbox.name).order_by(Mailbox.address))
    people = ((one.address, one.name) for one in casefile.assignable(session))
    return {
        "assignee": tuple(people)[:MOST],
        "tag": tuple((one, "") for one in case_tags.in_use(session, visible_to(agent()), MOST)),
        "mailbox": tuple((row[0], row[1]) for row in boxes)[:MOST],
        "hold": tuple((reason.value, words.reason(reason)) for reason in Reason),
    }
