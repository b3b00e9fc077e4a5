"""How far the truce can be believed now, as the mark at the top of every page says it."""

from dataclasses import dataclass

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.agent import Agent
from cases.db import reading
from cases.language import gettext as _
from inbox.freshness import Freshness, Lag, freshness
from inbox.web import hx, times
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.who import agent

pages = Pages("believed", __name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """An icon and a word, and the page that says more."""

    icon: str
    text: str
    tone: str
    hint: str
    address: str


def mark(state: Freshness, agent: Agent) -> Mark:
    """Up to date, behind, or standing still."""
    if state.lag is Lag.NONE:
        hint = _("All mail is read: the truce can be believed")
        return Mark("circle-check", _("Up to date"), "", hint, "/exclusions")
    late = times.rough(max(since for _name, since in state.late))
    hint = _("Mail was not read for {time}: who complains now is not known yet", time=late)
    where = _where(agent)
    if state.lag is Lag.STOPPED:
        return Mark("triangle-alert", _("Stopped for {time}", time=late), "danger", hint, where)
    return Mark("hourglass", _("{time} behind", time=late), "warn", hint, where)


def _where(agent: Agent) -> str:
    """The page where they see what is wrong, and can do most about it."""
    if may(agent, Policy.OPERATIONS):
        return "/admin"
    return "/failures" if may(agent, Policy.CASES) else "/console"


@pages.get("/mark")
@allow(Policy.SIGNED_IN)
def now() -> AnyResponse:
    """The mark of this minute, for pages that stay open; without scripts, what it leads to."""
    with reading() as session:
        found = mark(freshness(session, clock.now()), agent())
    if not hx.asked().is_partial:
        return hx.lead_to(found.address)
    return hx.answer(render_template("feed.html", believed=found))
