"""Who may sign in, and as what."""

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, language
from cases.agent import Agent, Role
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import notices, sessions
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("users", __name__, url_prefix="/admin/users")
SHORTEST_PASSWORD = 10
FIELDS = ("address", "name", "role", "team", "language")


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """Everybody."""
    with reading() as session:
        return _shown(session, {}, {})


def _shown(
    session: Session, typed: dict[str, str], wrong: dict[str, str], status: int = 200
) -> Response:
    people = session.scalars(select(Agent).order_by(Agent.active.desc(), Agent.name)).all()
    return show(
        session,
        "admin/users.html",
        title=_("Users"),
        people=people,
        typed=typed,
        wrong=wrong,
        roles=list(Role),
        languages=language.LANGUAGES,
        notice=notices.from_address(),
        shortest=SHORTEST_PASSWORD,
        status=status,
    )


@pages.post("")
@allow(Policy.ADMIN)
def add() -> AnyResponse:
    """Let somebody sign in."""
    typed = {name: request.form.get(name, "").strip()[:320] for name in FIELDS}
    password = request.form.get("password", "")
    with transaction() as session:
        wrong = _wrong(session, typed, password)
        if wrong:
            return _shown(session, typed, wrong, 422)
        made = Agent(
            address=typed["address"].lower(),
            name=typed["name"],
            role=Role(typed["role"]),
            team=typed["team"],
            language=typed["language"],
            created_at=clock.now(),
        )
        made.set_password(password)
        session.add(made)
        session.flush()
        number = made.id
    return redirect(url_for("users.page", done=f"saved.{number}"), 303)


def _wrong(session: Session, typed: dict[str, str], password: str) -> dict[str, str]:
    """What is wrong with which field."""
    wrong = {}
    local, at, domain = typed["address"].rpartition("@")
    known = select(Agent.id).where(Agent.address == typed["address"].lower())
    if not (at and local and domain) or " " in typed["address"]:
        wrong["address"] = _("This is no e-mail address.")
    elif session.scalars(known).first() is not None:
        wrong["address"] = _("Somebody has this address already.")
    if not typed["name"]:
        wrong["name"] = _("Customers see the name, so there must be one.")
    if typed["role"] not in frozenset(Role) or typed["language"] not in language.LANGUAGES:
        wrong["role"] = _("Choose one of the list.")
    if len(password) < SHORTEST_PASSWORD:
        wrong["password"] = _("At least {number} characters.", number=SHORTEST_PASSWORD)
    return wrong


@pages.post("/<int:agent_id>/activity")
@allow(Policy.ADMIN)
def set_activity(agent_id: int) -> AnyResponse:
    """Let somebody no longer sign in, or again. Nobody locks themselves out."""
    if agent_id == agent().id:
        abort(409)
    with transaction() as session:
        found = session.get_one(Agent, agent_id)
        found.active = request.form.get("active") == "yes"
        if not found.active:
            sessions.end_all(session, agent_id)
    return redirect(url_for("users.page", done=f"saved.{agent_id}"), 303)
