"""An incident begun from chosen cases: what they have in common no rule needs to say."""

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases import incident as incidents
from cases.db import reading, transaction
from cases.incident import Incident
from cases.language import gettext as _
from inbox.web import bulk, selection
from inbox.web.access import Pages, Policy, allow
from inbox.web.bulk import BulkAction
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("new_incident", __name__)
LONGEST = 200


@pages.get("/selection/<int:number>/incident")
@allow(Policy.CASES)
def page(number: int) -> Response:
    """What is asked before it begins: its name, and whether marketing waits."""
    with reading() as session:
        return _page(session, selection.theirs(session, number))


def _page(session: Session, row: BulkAction, refusal: str = "", status: int = 200) -> Response:
    return show(
        session,
        "selection/new_incident.html",
        title=_("New incident"),
        status=status,
        choice=row,
        said=bulk.said(len(row.case_ids)),
        longest=LONGEST,
        refusal=refusal,
        typed=request.form,
    )


@pages.post("/selection/<int:number>/incident")
@allow(Policy.CASES)
def begin(number: int) -> AnyResponse:
    """Begin it and link the cases; a button that is pressed twice begins one."""
    title, at = request.form.get("title", "").strip()[:LONGEST], clock.now()
    with transaction() as session:
        row = session.get_one(
            BulkAction, selection.theirs(session, number).id, with_for_update=True
        )
        if row.verb:
            return redirect(url_for("selection.choice", number=number), 303)
        if not title:
            return _page(session, row, _("Say what happened."), 422)
        trouble = Incident(title=title, since=at, opened_at=at, opened_by=agent().address)
        trouble.truce = request.form.get("truce") == "yes"
        begun = incidents.begin_by_hand(session, trouble)
        bulk.act(session, row, "incident", str(begun.id), by=agent(), at=at)
    return selection.gone_on(number)
