"""What a case is called, who has it, and which others it belongs to."""

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.db import reading
from cases.history import Event, What, newest
from cases.language import gettext as _
from cases.merging import linking
from cases.merging.linking import ItsOwn
from inbox.web import casefile, live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import case_of, done
from inbox.web.case import came_from
from inbox.web.fragments import show
from inbox.web.ids import whole
from inbox.web.visible import acting_on, the_case
from inbox.web.who import agent

pages = Pages("naming", __name__)
LONGEST = 300


@pages.post("/cases/<int:case_id>/subject")
@allow(Policy.CASES)
def rename(case_id: int) -> AnyResponse:
    """Call it what it is about; what customers wrote stays as they wrote it."""
    subject = " ".join(request.form.get("subject", "").split())[:LONGEST]
    if not subject:
        abort(422)
    with acting_on(case_id) as (session, case):
        was, case.subject = case.subject, subject
        case.happened(What.RENAMED, by=agent().address, at=clock.now(), was=was)
        live.announce(session)
        number = newest(session, case_id, What.RENAMED)
    return done(case_id, notices.renamed, number)


@pages.post("/renamings/<int:event_id>/undoing")
@allow(Policy.CASES)
def unname(event_id: int) -> AnyResponse:
    """It is called as it was before, unless somebody called it otherwise since."""
    case_id = case_of(event_id, What.RENAMED)
    with acting_on(case_id) as (session, case):
        if newest(session, case_id, What.RENAMED) != event_id:
            abort(409, _("It got another subject since, so it keeps that one."))
        was, case.subject = case.subject, session.get_one(Event, event_id).data["was"]
        case.happened(What.RENAMED, by=agent().address, at=clock.now(), was=was)
        live.announce(session)
    return done(case_id, notices.named_back)


@pages.get("/cases/<int:case_id>/assignee")
@allow(Policy.CASES)
def choose_assignee(case_id: int) -> Response:
    """Everybody who can have the case."""
    with reading() as session:
        case = the_case(session, case_id)
        folder, order = came_from()
        return show(
            session,
            "case/assignee.html",
            title=f"#{case_id}",
            block="choices",
            case=case,
            agents=casefile.assignable(session),
            came_from=folder,
            order=order,
        )


@pages.get("/colleagues")
@allow(Policy.CASES)
def colleagues() -> Response:
    """Whom a note can name, as the choices below an @."""
    with reading() as session:
        agents = casefile.assignable(session)
        return show(session, "case/colleagues.html", title="@", block="choices", agents=agents)


@pages.post("/cases/<int:case_id>/links")
@allow(Policy.CASES)
def link(case_id: int) -> AnyResponse:
    """It belongs with another case."""
    number = whole(request.form.get("other", "").strip().lstrip("#"))
    if number is None:
        abort(422)
    with acting_on(case_id) as (session, case):
        other = the_case(session, number)
        try:
            linking.link(session, case, other, by=agent().address, at=clock.now())
        except ItsOwn:
            abort(422)
        live.announce(session)
    return done(case_id, notices.linked)


@pages.post("/cases/<int:case_id>/links/<int:other_id>/removal")
@allow(Policy.CASES)
def unlink(case_id: int, other_id: int) -> AnyResponse:
    """They have nothing to do with each other."""
    with acting_on(case_id) as (session, case):
        linking.unlink(session, case, other_id)
    return done(case_id, notices.saved)
