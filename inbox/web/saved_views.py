"""Saved views: made from a search or from fields, changed, ordered by buttons, removed."""

from dataclasses import dataclass, replace

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.agent import Agent
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.tag import case_tags
from inbox.web import counted, hx, notices, rows, saved
from inbox.web.access import Pages, Policy, allow
from inbox.web.asking import building, finding, options
from inbox.web.asking.asker import Asker
from inbox.web.asking.building import Form
from inbox.web.asking.meaning import check, understand
from inbox.web.asking.nodes import NotUnderstood
from inbox.web.asking.rewording import reworded
from inbox.web.fragments import show
from inbox.web.order import Order
from inbox.web.saved import Audience, Column, View
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("views", __name__)
NEW, LONGEST_NAME, PREVIEWED = "new", 60, 5
OFFERED_TAGS = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """The first cases of a search, and how many there are."""

    rows: list[rows.Row]
    count: str


@pages.get("/views")
@allow(Policy.CASES)
def overview() -> Response:
    """All views of the agent, to be ordered, changed and removed."""
    with reading() as session:
        return show(
            session,
            "views/page.html",
            title=_("Views"),
            views=saved.seen_by(session, agent()),
            reworded=reworded,
            audience_name=saved.audience_name,
            notice=notices.from_address(),
        )


@pages.get("/views/<code>")
@allow(Policy.CASES)
def one(code: str) -> Response:
    """A view as a form; `q` brings another search into it."""
    with reading() as session:
        view = _named(session, code)
        asked = request.args.get("q")
        return _form(session, view if asked is None else replace(view, query=asked.strip()))


def _named(session: Session, code: str) -> View:
    if code == NEW:
        return View(NEW, "", "is:open", audience=Audience.PRIVATE, owner_id=agent().id, place=99)
    return saved.named(session, agent(), code) or abort(404)


def _form(session: Session, view: View, wrong: NotUnderstood | None = None) -> Response:
    form = Form({}, view.query)
    if wrong is None:
        try:
            check(view.query, Asker(session, agent(), clock.now()))
            form = building.taken_apart(view.query)
        except NotUnderstood as refused:
            wrong = refused
    return show(
        session,
        "views/form.html",
        title=view.name or _("New view"),
        status=422 if wrong else 200,
        view=view,
        form=form,
        reworded=reworded,
        wrong=wrong,
        preview=None if wrong else _preview(session, view),
        may_change=view.may_be_changed_by(agent()),
        orders=list(Order),
        columns=list(Column),
        audiences=list(Audience),
        audience_name=saved.audience_name,
        column_name=saved.column_name,
        options=options.offered(),
        tags=case_tags.in_use(session, visible_to(agent()), OFFERED_TAGS),
    )


def _preview(session: Session, view: View) -> Preview:
    now = clock.now()
    meaning = understand(view.query, Asker(session, agent(), now))
    found = finding.in_a_moment(session, meaning, now, view.sort, None).lines[:PREVIEWED]
    count = counted.counts(session, [meaning])[0]
    return Preview(rows.rows(found, now, view.columns), count or "0")


@pages.post("/views/<code>")
@allow(Policy.CASES)
def save(code: str) -> AnyResponse:
    """Keep what the form says, or only show what it would hold."""
    at = clock.now()
    with transaction() as session:
        view = _as_said(_changeable(session, code))
        try:
            check(view.query, Asker(session, agent(), at))
        except NotUnderstood as wrong:
            return _form(session, view, wrong)
        if request.form.get("do") == "look" or not view.name:
            return _form(session, view)
        row = saved.keep(session, view, by=agent(), at=at)
        kept = row.key or str(row.id)
    return redirect(url_for("listing.folder", name=f"view-{kept}", done="saved.0"), 303)


def _changeable(session: Session, code: str) -> View:
    view = _named(session, code)
    return view if view.may_be_changed_by(agent()) else abort(403)


def _as_said(view: View) -> View:
    said = request.form
    fields = {name: said.get(f"field-{name}", "") for name in building.FIELDS}
    query = said.get("q", "").strip()
    if "rest" in said:
        query = _put_together(Form(fields, said["rest"]))
    return replace(
        view,
        name=" ".join(said.get("name", "").split())[:LONGEST_NAME],
        query=query,
        sort=Order(sort) if (sort := said.get("sort", "")) in set(Order) else view.sort,
        columns=frozenset(said.getlist("column")) & frozenset(Column),
        counted="counted" in said,
        pinned="pinned" in said,
        audience=_audience(said.get("audience", ""), agent()),
    )


def _put_together(form: Form) -> str:
    try:
        return building.put_together(form)
    except NotUnderstood:
        # It is shown as it was typed, with what is wrong in it.
        return form.rest


def _audience(wanted: str, me: Agent) -> Audience:
    found = Audience(wanted) if wanted in set(Audience) else Audience.PRIVATE
    return Audience.EVERYONE if found is Audience.TEAM and not me.team else found


@pages.post("/views/<code>/removal")
@allow(Policy.CASES)
def remove(code: str) -> AnyResponse:
    """Take the view away from all who see it."""
    with transaction() as session:
        view = _changeable(session, code)
        number = saved.remove(session, view, by=agent(), at=clock.now())
    return redirect(url_for("views.overview", done=f"view_removed.{number}"), 303)


@pages.post("/views/removed/<int:number>/return")
@allow(Policy.CASES)
def bring_back(number: int) -> AnyResponse:
    """Undo a removal."""
    with transaction() as session:
        if not saved.bring_back(session, number, by=agent()):
            abort(404)
    return hx.lead_to(url_for("views.overview", done=f"view_back.{number}"))


@pages.post("/views/<code>/place")
@allow(Policy.CASES)
def move(code: str) -> AnyResponse:
    """One place up or down; those that others lead keep theirs."""
    by = -1 if request.form.get("to") == "up" else 1
    with transaction() as session:
        _changeable(session, code)
        for view in saved.moved(saved.seen_by(session, agent()), code, by):
            if view.may_be_changed_by(agent()):
                saved.keep(session, view, by=agent(), at=clock.now())
    return redirect(url_for("views.overview"), 303)


@pages.get("/views/counts")
@allow(Policy.CASES)
def counts() -> Response:
    """How many cases the views of the navigation hold, asked for after the page was drawn."""
    now, me = clock.now(), agent()
    with reading() as session:
        shown = [view for view in saved.seen_by(session, me) if view.pinned and view.counted]
        if not shown:
            return hx.answer("")
        said = counted.counts(session, [saved.holds(session, view, me, now) for view in shown])
    numbers = zip(shown, said, strict=True)
    return hx.answer(*(hx.partial(f"#count-{view.code}", number) for view, number in numbers))
