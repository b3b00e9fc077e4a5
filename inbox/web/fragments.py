"""Shows a page: whole, with the frame around it, or only the block that htmx asked for."""

from typing import Any

from flask import Response, make_response, render_template
from jinja2_fragments.flask import render_block
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from bot import notifying
from bot.alarms import Alarm
from cases import clock
from cases.agent import Agent
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
    around = _told(session, me)
    if not may(me, Policy.CASES):
        return {"folders": [], "pinned": [], **around}
    pinned = [view for view in saved.seen_by(session, me) if view.pinned]
    return {"folders": folders.lines(session, me, now), "pinned": pinned, **around}


def _told(session: Session, me: Agent) -> dict[str, int]:
    """What is new for whoever asks, and what is wrong for who runs the installation."""
    running = select(func.count()).where(Alarm.ended_at.is_(None)).scalar_subquery()
    columns = {
        "untold": notifying.count_of(me.id) if may(me, Policy.CASES) else literal(0),
        "troubles": running if may(me, Policy.OPERATIONS) else literal(0),
    }
    found = session.execute(select(*(one.label(name) for name, one in columns.items()))).one()
    return dict(found._mapping)


def piece(template: str, block: str, target: str, *, swap: str = "innerHTML", **values: Any) -> str:
    """A block of a template as a piece of an answer, for that place."""
    return str(hx.partial(target, render_block(template, block, **values), swap=swap))
