"""What is typed about a user: read, judged, and put into the row."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import language
from cases.agent import SHORTEST_PASSWORD, Agent, Role
from cases.language import gettext as _

FIELDS = ("address", "name", "role", "team", "language")
LONGEST = 320


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What the form says."""
    return {name: " ".join(form.get(name, "").split())[:LONGEST] for name in FIELDS}


def of(agent: Agent) -> dict[str, str]:
    """What the form says of a user there is."""
    return {name: str(getattr(agent, name)) for name in FIELDS}


def wrong(session: Session, said: Mapping[str, str], agent: Agent | None = None) -> dict[str, str]:
    """What is wrong with which field; the address of a user there is stays."""
    found = {} if agent is not None else _wrong_address(session, said["address"])
    if not said["name"] or not said["name"].isprintable():
        found["name"] = _("Customers see the name, so there must be one.")
    if said["role"] not in frozenset(Role) or said["language"] not in language.LANGUAGES:
        found["role"] = _("Choose one of the list.")
    return found


def _wrong_address(session: Session, said: str) -> dict[str, str]:
    local, at, domain = said.rpartition("@")
    known = select(Agent.id).where(Agent.address == said.lower())
    if not (at and local and domain) or " " in said:
        return {"address": _("This is no e-mail address.")}
    if session.scalars(known).first() is not None:
        return {"address": _("Somebody has this address already.")}
    return {}


def wrong_password(password: str) -> dict[str, str]:
    """Whether it is too short."""
    if len(password) < SHORTEST_PASSWORD:
        return {"password": _("At least {number} characters.", number=SHORTEST_PASSWORD)}
    return {}


def change(agent: Agent, said: Mapping[str, str]) -> None:
    """Put what was typed into the row."""
    agent.name, agent.role, agent.team = said["name"], Role(said["role"]), said["team"]
    agent.language = said["language"]
