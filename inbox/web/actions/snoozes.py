"""A case laid aside, and brought back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, snoozing
from cases.snoozing import NotAhead, Preset
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import done
from inbox.web.visible import acting_on
from inbox.web.who import agent, zone

pages = Pages("snoozes", __name__)


@pages.post("/cases/<int:case_id>/snooze")
@allow(Policy.CASES)
def snooze(case_id: int) -> AnyResponse:
    """Until a preset, an instant of the form, or somebody writes."""
    now = clock.now()
    until = _until(now)
    with acting_on(case_id) as (session, case):
        try:
            snoozing.snooze(case, until, by=agent().address, at=now)
        except NotAhead:
            abort(422)
        live.announce(session)
    return done(case_id, notices.laid_aside)


def _until(now: datetime) -> datetime | None:
    """What was chosen; an instant of the form is meant as the agent's clock shows it."""
    preset, typed = request.form.get("preset", ""), request.form.get("until", "")
    if preset in frozenset(Preset):
        return snoozing.presets(now, zone())[Preset(preset)]
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        abort(422)
    return found.replace(tzinfo=ZoneInfo(zone())) if found.tzinfo is None else found


@pages.post("/cases/<int:case_id>/waking")
@allow(Policy.CASES)
def wake(case_id: int) -> AnyResponse:
    """It is to be seen again."""
    with acting_on(case_id) as (session, case):
        snoozing.wake(case, by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id, notices.woken)
