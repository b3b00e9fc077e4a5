"""Shows a page: whole, with the frame around it, or only the block that htmx asked for."""

from typing import Any

from flask import Response, make_response, render_template
from jinja2_fragments.flask import render_block
from sqlalchemy.orm import Session

from cases import clock
from inbox.web import folders, hx, saved
from inbox.web.access import Policy, may
from inbox.web.who import agent


def show(
    session: Session,
    template: str,
    *,
    title: str,
    block: str = "main",
    status: int = 200,
    **values: Any,
) -> Response:
    """The page, or its block if htmx asked for a part of it."""
    if hx.asked().is_partial:
        content = render_block(template, block, title=title, **values)
        return hx.answer(hx.title(title), content, status=status)
    shown = render_template(template, title=title, **frame(session), **values)
    return make_response(shown, status)


def frame(session: Session) -> dict[str, Any]:
    """What stands around every page."""
    me, now = agent(), clock.now()
    if not may(me, Policy.CASES):
        return {"folders": [], "pinned": []}
    pinned = [view for view in saved.seen_by(session, me) if view.pinned]
    return {"folders": folders.lines(session, me, now), "pinned": pinned}


def piece(template: str, block: str, target: str, *, swap: str = "innerHTML", **values: Any) -> str:
    """A block of a template as a piece of an answer, for that place."""
    return str(hx.partial(target, render_block(template, block, **values), swap=swap))
