"""Important customers and influencers of a campaign: looked at one by one, with a note."""

from datetime import timedelta

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.db import reading, transaction
from cases.exclusions import approvals
from cases.exclusions.approvals import NoNote, Waiting
from cases.language import gettext as _
from inbox.web.access import Pages, Policy, allow
from inbox.web.console.frame import shown
from inbox.web.who import agent

pages = Pages("approvals", __name__, url_prefix="/console/approvals")
LOOK_BACK = timedelta(days=30)
SHOWN = 200


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """Who waits, and what was said."""
    with reading() as session:
        return _shown(session, "")


def _shown(session: Session, refusal: str, status: int = 200) -> Response:
    return shown(
        session,
        "approvals",
        title=_("Approvals"),
        status=status,
        waiting=_waiting(session),
        refusal=refusal,
    )


def _waiting(session: Session) -> list[Waiting]:
    return approvals.waiting(session, clock.now() - LOOK_BACK, SHOWN)


@pages.post("")
@allow(Policy.SUPERVISION)
def decide() -> AnyResponse:
    """Let that person have the campaign, or not. The next look at the list knows it."""
    campaign, value = request.form.get("campaign", ""), request.form.get("who", "")
    with transaction() as session:
        found = [
            one
            for one in _waiting(session)
            if str(one.campaign.id) == campaign and one.value == value
        ]
        if not found:
            abort(422)
        try:
            approvals.decide(
                session,
                found[0],
                granted=request.form.get("granted") == "yes",
                note=request.form.get("note", ""),
                by=agent().address,
                at=clock.now(),
            )
        except NoNote:
            return _shown(session, _("Say why, so that the others understand it later."), 422)
    return redirect(url_for("approvals.page"), 303)
