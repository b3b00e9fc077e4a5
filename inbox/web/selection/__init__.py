"""What is done with several cases of a list at once: those that were ticked, or all of a view."""

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock, incident
from cases.case import Case
from cases.db import reading, transaction
from cases.snoozing import Preset
from cases.tag import tidy
from classifiers import taxonomy
from inbox.web import bulk, hx, rows, shelves
from inbox.web.access import Pages, Policy, allow
from inbox.web.bulk import BulkAction
from inbox.web.bulk.verbs import VERBS
from inbox.web.case import came_from
from inbox.web.casefile import assignable
from inbox.web.folders import Folder
from inbox.web.fragments import piece, show
from inbox.web.ids import whole
from inbox.web.listed import Line, lines, with_people
from inbox.web.selection import everything, exporting
from inbox.web.selection.everything import Everything
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("selection", __name__)
TEMPLATE = "selection/page.html"
TICKED = 500
PREVIEWED = 20


@pages.post("/selection")
@allow(Policy.CASES)
def act() -> AnyResponse:
    """Do what the button says with the chosen cases; those it does not fit are left alone."""
    ticked = [one for one in map(whole, request.form.getlist("case")[:TICKED]) if one is not None]
    verb, value = _wanted()
    number = _choice(ticked, whole_list=verb == "all")
    if verb in ("all", "more"):
        return redirect(url_for("selection.choice", number=number), 303)
    if verb == "export":
        return export(number)
    if verb == "gather":
        return redirect(url_for("new_incident.page", number=number), 303)
    bulk.begin(number, verb, value, by=agent(), at=clock.now())
    return gone_on(number)


def _wanted() -> tuple[str, str]:
    """What is to be done, and with which value: "snooze:tomorrow", or a verb and a field."""
    verb, _colon, value = request.form.get("do", "").partition(":")
    if verb == "take":
        return "assign", str(agent().id)
    # One field says which tag is put on or taken off.
    field = "tag" if verb == "untag" else verb
    value = value or request.form.get(f"{field}-value", "")
    if verb not in (*VERBS, "all", "more", "gather", "export") or not _fits(verb, value):
        abort(422)
    return verb, value


def _fits(verb: str, value: str) -> bool:
    if verb == "assign":
        with reading() as session:
            return not value or value in {str(one.id) for one in assignable(session)}
    if verb == "type":
        return value in taxonomy.codes()
    if verb in ("tag", "untag"):
        return bool(tidy(value))
    if verb == "incident":
        with reading() as session:
            return value in {str(one.id) for one in incident.running(session)}
    return value in set(Preset) if verb == "snooze" else True


def _choice(ticked: list[int], *, whole_list: bool) -> int:
    """The number of the choice: an earlier one, all of the list, or what was ticked."""
    kept, (shelf, _order) = whole(request.form.get("set", "")), came_from()
    found = Everything(ticked)
    with reading() as session:
        if kept is not None:
            return theirs(session, kept).id
        if whole_list:
            content = shelves.content(session, shelf, agent(), clock.now()) or abort(404)
            found = everything.all_of(session, content)
    with transaction() as session:
        number = bulk.choose(session, agent(), found.case_ids, shelf.value, clock.now())
        session.get_one(BulkAction, number).looked_back_to = found.back_to
    return number


def gone_on(number: int) -> AnyResponse:
    """Go on with it for a moment: back to the list when it is done, else how far it is."""
    finished = bulk.go_on(number, by=agent(), at=clock.now())
    with reading() as session:
        row = theirs(session, number)
        if not finished and hx.asked().is_partial and request.endpoint == "selection.step":
            return hx.answer(piece(TEMPLATE, "progress", "#progress", swap="outerHTML", choice=row))
        shelf, order = came_from()
        done = f"many.{number}" if row.undone_at is None else f"taken_back.{row.came_back}"
        name = row.shelf if "in" not in request.form else shelf.value
    if not finished:
        return hx.lead_to(url_for("selection.choice", number=number))
    if row.verb == "incident" and row.undone_at is None:
        return hx.lead_to(url_for("incidents.page", number=int(row.value), done=done))
    return hx.lead_to(url_for("listing.folder", name=name, sort=order.value, done=done))


@pages.post("/selection/<int:number>/steps")
@allow(Policy.CASES)
def step(number: int) -> AnyResponse:
    """Go on with what takes longer than a request."""
    with reading() as session:
        theirs(session, number)
    return gone_on(number)


@pages.get("/selection/<int:number>")
@allow(Policy.CASES)
def choice(number: int) -> Response:
    """What was chosen: how many cases, the first of them, and what can be done."""
    with reading() as session:
        row = theirs(session, number)
        found = _cases(session, row, PREVIEWED)
        return show(
            session,
            TEMPLATE,
            title=_title(row),
            choice=row,
            rows=rows.rows(found, clock.now()),
            shelf=shelves.shelf(row.shelf) or Folder.ALL,
            staff=assignable(session),
            leaves=taxonomy.leaves(),
            incidents=incident.running(session),
            most=bulk.MOST,
        )


def _title(row: BulkAction) -> str:
    return bulk.said(len(row.case_ids))


def theirs(session: Session, number: int) -> BulkAction:
    """That choice; there is none for anybody else."""
    return bulk.chosen(session, number, agent()) or abort(404)


def _cases(session: Session, row: BulkAction, most: int) -> list[Line]:
    query = with_people(clock.now()).where(Case.id.in_(row.case_ids), visible_to(agent()))
    return lines(session, query.order_by(Case.last_at.desc(), Case.id.desc()).limit(most))


@pages.post("/selection/<int:number>/undoing")
@allow(Policy.CASES)
def undo(number: int) -> AnyResponse:
    """Take it back, where nobody has changed anything since."""
    with reading() as session:
        shelf = theirs(session, number).shelf
    if not bulk.begin_undoing(number, at=clock.now()):
        return hx.lead_to(url_for("listing.folder", name=shelf, done="taken_back.0"))
    return gone_on(number)


@pages.post("/selection/<int:number>/table")
@allow(Policy.CASES)
def export(number: int) -> Response:
    """The chosen cases as a table."""
    with reading() as session:
        found = list(_cases(session, theirs(session, number), bulk.MOST))
        written = exporting.table(found)
    with transaction() as session:
        said = f"{len(found)} cases"
        audit.note(session, by=agent().address, what="export.cases", about=said)
    response = make_response(written)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="tregua-cases.csv"'
    return response
