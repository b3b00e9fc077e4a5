"""Who is asking: the agent of this request, as the sign-in left them."""

from flask import abort, g, has_app_context

from cases.agent import Agent
from cases.settings import settings


def somebody() -> Agent | None:
    """The agent who signed in, or None."""
    found: Agent | None = g.get("agent")
    return found


def agent() -> Agent:
    """The agent who signed in; routes that everybody may use ask somebody() instead."""
    found = somebody()
    return found if found is not None else abort(401)


def zone() -> str:
    """The zone of the clock of whoever asks; the shop's for who chose none, and for programs."""
    me = somebody() if has_app_context() else None
    return me.zone if me is not None and me.zone else settings().zone
