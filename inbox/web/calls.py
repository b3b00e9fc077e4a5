"""An agent logs a call with a customer in ten seconds, and promises to call back."""

from datetime import timedelta

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, interaction
from cases.interaction import NothingSaid, Talk
from inbox.web import live
from inbox.web.access import Pages, Policy, allow
from inbox.web.visible import acting_on
from inbox.web.who import agent

pages = Pages("calls", __name__)
LONGEST = 10_000


@pages.post("/cases/<int:case_id>/calls")
@allow(Policy.CASES)
def log(case_id: int) -> AnyResponse:
    """What was said, how they sounded, and within how many hours we call back."""
    hours = request.form.get("call_back", "")
    if hours and not (hours.isascii() and hours.isdecimal() and 0 < int(hours[:4]) <= 336):
        abort(422)
    now, me = clock.now(), agent()
    until = now + timedelta(hours=int(hours)) if hours else None
    talk = Talk(
        request.form.get("text", "")[:LONGEST],
        me.address,
        me.name,
        mood=request.form.get("talk_mood", ""),
        call_back_by=until,
    )
    with acting_on(case_id) as (session, case):
        try:
            interaction.log(session, case, talk, at=now)
        except NothingSaid:
            abort(422)
        live.announce(session)
    return redirect(url_for("case.page", case_id=case_id), 303)
