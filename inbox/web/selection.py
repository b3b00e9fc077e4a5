"""What is done with several cases of a list at once."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.case import AlreadyClosed
from inbox.web import live
from inbox.web.access import Pages, Policy, allow
from inbox.web.case import came_from
from inbox.web.visible import acting_on
from inbox.web.who import agent

pages = Pages("selection", __name__)
MOST = 100


@pages.post("/selection")
@allow(Policy.CASES)
def act() -> AnyResponse:
    """Take or close the chosen cases; those that others closed meanwhile are left alone."""
    chosen = [int(one) for one in request.form.getlist("case")[:MOST] if one.isdecimal()]
    what = request.form.get("do", "")
    if what not in ("take", "close"):
        abort(422)
    changed = sum(_did(case_id, what) for case_id in chosen)
    folder, order = came_from()
    address = url_for(
        "listing.folder", name=folder.value, sort=order.value, done=f"changed.{changed}"
    )
    return redirect(address, 303)


def _did(case_id: int, what: str) -> bool:
    with acting_on(case_id) as (session, case):
        try:
            if what == "take":
                case.assign(agent().id, by=agent().address, at=clock.now())
            else:
                case.close(by=agent().address, at=clock.now())
        except AlreadyClosed:
            return False
        live.announce(session)
    return True
