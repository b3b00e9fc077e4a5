"""Who is asking: the agent of this request, as the sign-in left them."""

from flask import abort, g

from cases.agent import Agent


def somebody() -> Agent | None:
    """The agent who signed in, or None."""
    found: Agent | None = g.get("agent")
    return found


def agent() -> Agent:
    """The agent who signed in; routes that everybody may use ask somebody() instead."""
    found = somebody()
    return found if found is not None else abort(401)
