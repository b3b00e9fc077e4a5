"""Who is at work and who is away, until when: said by each agent, shown to all."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.agent import Agent, absence
from cases.agent.absence import Until
from cases.db import transaction
from cases.language import gettext as _
from cases.snoozing import NotAhead
from inbox.web import hx, times
from inbox.web.access import Pages, Policy, allow
from inbox.web.preferences import came_from
from inbox.web.who import agent, zone

pages = Pages("absences", __name__)
AVAILABLE, AWAY = "available", "away"


@pages.record
def furnish(state: BlueprintSetupState) -> None:
    """Give the templates these words."""
    state.app.jinja_env.globals.update(away_said=said, away_ends=_ends, away_end_name=name)


def said(somebody: Agent | None) -> str:
    """That they are away, and until when where they said so; "" for who is at work."""
    if somebody is None or not somebody.is_away(clock.now()):
        return ""
    if somebody.away_until is None:
        return _("Away")
    return _("Away until {time}", time=times.coming(somebody.away_until))


def _ends() -> dict[Until, datetime | None]:
    return dict(absence.ends(clock.now(), zone()))


def name(end: Until) -> str:
    return {
        Until.BACK: _("Until I am back"),
        Until.HOUR: _("For an hour"),
        Until.TODAY: _("For the rest of today"),
        Until.TOMORROW: _("Until tomorrow morning"),
    }[end]


@pages.post("/preferences/availability")
@allow(Policy.CASES)
def set_availability() -> AnyResponse:
    """At work, or away: colleagues see it, and the load counts without who is away."""
    wanted, me, now = request.form.get("value", ""), agent(), clock.now()
    if wanted not in (AVAILABLE, AWAY, *Until, "until"):
        abort(422)
    until = _until(wanted, now)
    with transaction() as session:
        mine = session.get_one(Agent, me.id)
        if wanted == AVAILABLE:
            absence.come_back(mine)
        else:
            _leave(mine, until, now)
    return hx.lead_to(came_from())


def _leave(mine: Agent, until: datetime | None, now: datetime) -> None:
    try:
        absence.leave(mine, until, at=now)
    except NotAhead:
        abort(422)


def _until(wanted: str, now: datetime) -> datetime | None:
    """The end that was chosen, or typed as the agent's clock shows it."""
    if wanted in frozenset(Until):
        return absence.ends(now, zone())[Until(wanted)]
    if wanted != "until":
        return None
    try:
        typed = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        abort(422)
    return typed.replace(tzinfo=ZoneInfo(zone())) if typed.tzinfo is None else typed
