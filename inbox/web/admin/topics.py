"""Topics of consent: what the shop writes about, which people can want or not."""

import re

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock
from cases.consent import Topic
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import conflicts, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("topics", __name__, url_prefix="/admin/topics")
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
MOST, LONGEST = 200, 120


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All topics, those that are offered no longer last."""
    with reading() as session:
        return _page(session, _kept(session, request.args.get("code", "")))


def _kept(session: Session, code: str) -> dict[str, str]:
    known = session.get(Topic, code[:LONGEST])
    return {"code": known.code, "es": known.name_es, "en": known.name_en} if known else {}


def _page(
    session: Session, typed: dict[str, str], refusal: str = "", late: Late | None = None
) -> Response:
    order = (Topic.retired_at.is_not(None), Topic.code)
    return show(
        session,
        "admin/topics.html",
        title=_("Topics"),
        status=409 if late else 422 if refusal else 200,
        topics=session.scalars(select(Topic).order_by(*order).limit(MOST)).all(),
        typed=typed,
        refusal=refusal,
        notice=notices.from_address(),
        **conflicts.shown(_kept(session, typed.get("code", "")), late),
    )


@pages.post("")
@allow(Policy.ADMIN)
def write() -> AnyResponse:
    """Offer a topic, or name it anew."""
    typed = {name: request.form.get(name, "").strip() for name in ("code", "es", "en")}
    with transaction(lock=conflicts.LOCK) as session:
        saver = conflicts.by_audit(session, "topic.", typed["code"])
        if late := conflicts.late(_kept(session, typed["code"]), typed, saver):
            return _page(session, typed, late=late)
        if not _CODE.fullmatch(typed["code"]):
            said = _("A code has small letters, digits, dots and dashes, as offers.summer.")
            return _page(session, typed, said)
        if not all(0 < len(typed[name]) <= LONGEST for name in ("es", "en")):
            said = _("People read the name, so it is needed in both languages.")
            return _page(session, typed, said)
        session.merge(
            Topic(code=typed["code"], name_es=typed["es"], name_en=typed["en"], retired_at=None)
        )
        audit.note(session, by=agent().address, what="topic.saved", about=typed["code"])
    return redirect(url_for("topics.page", done="saved.1"), 303)


@pages.post("/<code>/offer")
@allow(Policy.ADMIN)
def offer(code: str) -> AnyResponse:
    """Offer it no longer, or again. What people refused stays refused."""
    with transaction() as session:
        topic = session.get(Topic, code)
        if topic is None:
            abort(404)
        offered = request.form.get("offered") == "yes"
        topic.retired_at = None if offered else clock.now()
        audit.note(session, by=agent().address, what="topic.offered", about=code, offered=offered)
    return redirect(url_for("topics.page", done="saved.1"), 303)
