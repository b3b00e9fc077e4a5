"""Tags of a case: put on and taken off by agents, and taken back."""

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, tag
from cases.db import reading
from cases.history import Event, What, newest
from cases.language import gettext as _
from cases.tag import case_tags
from inbox.web import live, notices, words
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import case_of, done
from inbox.web.case import came_from
from inbox.web.errors import show as show_error
from inbox.web.fragments import show
from inbox.web.visible import acting_on, the_case, visible_to
from inbox.web.who import agent

pages = Pages("tagging", __name__)
OFFERED = 12


@pages.get("/cases/<int:case_id>/tags")
@allow(Policy.CASES)
def page(case_id: int) -> Response:
    """The tags of the case, and those that others have."""
    with reading() as session:
        case = the_case(session, case_id)
        own = case_tags.of(case)
        used = case_tags.in_use(session, visible_to(agent()), OFFERED + len(own))
        folder, order = came_from()
        return show(
            session,
            "case/tags.html",
            title=f"#{case_id} {words.subject(case)}",
            block="offered",
            case=case,
            offered=tag.without(used, own)[:OFFERED],
            came_from=folder,
            order=order,
        )


@pages.post("/cases/<int:case_id>/tags")
@allow(Policy.CASES)
def change(case_id: int) -> AnyResponse:
    """Put tags on the case, several with commas between them, or take one off."""
    new = [one for one in request.form.get("add", "").split(",") if one.strip()][: tag.MOST + 1]
    gone = request.form.getlist("off")[: tag.MOST]
    if not (new or gone):
        abort(422)
    if not all(map(tag.tidy, new)):
        said = _(
            "A tag needs a letter or digit and has {number} letters at most.", number=tag.LONGEST
        )
        return show_error(422, said)
    with acting_on(case_id) as (session, case):
        wanted = tag.joined(tag.without(case_tags.of(case), gone), new)
        if not case_tags.put(session, case, wanted, by=agent().address, at=clock.now()):
            return done(case_id, notices.saved)
        live.announce(session)
        number = newest(session, case.id, What.RETAGGED)
    return done(case_id, notices.tagged, number)


@pages.post("/tag-changes/<int:event_id>/undoing")
@allow(Policy.CASES)
def undo(event_id: int) -> AnyResponse:
    """The tags are as they were before that change."""
    case_id = case_of(event_id, What.RETAGGED)
    with acting_on(case_id) as (session, case):
        made = session.get_one(Event, event_id)
        case_tags.take_back(session, case, made, by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id, notices.untagged)
