"""What is shown when a case was closed: the next one, its list, or the case, as the agent likes."""

from typing import Any

from flask import redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.case import Case
from inbox.web import hx, shelves
from inbox.web.asking import finding
from inbox.web.case import came_from
from inbox.web.order import Order, place_of, sorted_by
from inbox.web.who import agent


def next_to(session: Session, case: Case) -> int | None:
    """The case behind it in the list it was opened from: asked before it leaves that list."""
    shelf, order = came_from()
    content = shelves.content(session, shelf, agent(), clock.now())
    # What presses changes with every glance, so the list itself tells what comes next.
    if content is None or agent().after_close != "next":
        return None
    if (order := content.order_for(order)) is Order.PRIORITY:
        return None
    which, here = content.which, place_of(case, order)
    if content.meaning is not None:
        which = finding.first(content.meaning, order, here)
    query = sorted_by(select(Case.id).where(which), order, here)
    return session.scalar(query.limit(1))


def closed(case_id: int, behind: int | None, shown: AnyResponse) -> AnyResponse:
    """The answer to a closing: scripts go on by themselves, and browsers without are led on."""
    if hx.asked().is_partial:
        # Whoever opened another case meanwhile stays there, so it says which one was closed.
        return hx.tell(shown, settled={"case": case_id})
    wanted, (shelf, order) = agent().after_close, came_from()
    said = shown.headers["Location"].rpartition("done=")[2].partition("&")[0]
    came: dict[str, Any] = {"sort": order.value, "done": said}
    beside: dict[str, Any] = {"in": shelf.value, **came}
    if wanted == "next" and behind is not None:
        return redirect(url_for("case.page", case_id=behind, **beside), 303)
    if wanted == "list":
        return redirect(url_for("listing.folder", name=shelf.value, **came), 303)
    return shown
