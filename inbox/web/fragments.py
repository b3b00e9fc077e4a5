"""Shows a page: whole, with the frame around it, or only the block that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template
from jinja2_fragments.flask import render_block
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.staff_mail import notifying
from bot.staff_mail.alarms import Alarm
from cases import clock
from cases.agent import Agent
from inbox import freshness
from inbox.web import believed, folders, hx, saved
from inbox.web.access import Policy, may
from inbox.web.saved import SavedView
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
    me = agent()
    found, views = _asked(session, me)
    state = freshness.of(found["read_until"], found["filed_until"], clock.now())
    around = {
        "untold": found.get("untold", 0),
        "troubles": found.get("troubles", 0),
        "believed": believed.mark(state, me),
    }
    if not may(me, Policy.CASES):
        return {"folders": [], "pinned": [], **around}
    pinned = [view for view in saved.in_order(views) if view.pinned]
    return {"folders": folders.lines(found), "pinned": pinned, **around}


def _asked(session: Session, me: Agent) -> tuple[Mapping[str, Any], list[SavedView]]:
    """What is counted, and the rows of their views, in one go."""
    counted = select(*(one.label(name) for name, one in _columns(me).items())).subquery()
    if not may(me, Policy.CASES):
        return dict(session.execute(select(counted)).one()._mapping), []
    found = session.execute(
        select(SavedView, *counted.c)
        .select_from(counted)
        .outerjoin(SavedView, saved.may_see(me))
        .order_by(*saved.own_first(me))
        .limit(saved.MOST)
    ).all()
    return dict(found[0]._mapping), [row[0] for row in found if row[0] is not None]


def _columns(me: Agent) -> Mapping[str, ColumnElement[Any]]:
    """What waits in the folders, what is new for whoever asks, and what is wrong."""
    columns: dict[str, ColumnElement[Any]] = {**freshness.columns()}
    if may(me, Policy.CASES):
        columns |= {"untold": notifying.count_of(me.id), **folders.counts(me, clock.now())}
    if may(me, Policy.OPERATIONS):
        running = select(func.count()).where(Alarm.ended_at.is_(None))
        columns["troubles"] = running.scalar_subquery()
    return columns


def piece(template: str, block: str, target: str, *, swap: str = "innerHTML", **values: Any) -> str:
    """A block of a template as a piece of an answer, for that place."""
    return str(hx.partial(target, render_block(template, block, **values), swap=swap))
