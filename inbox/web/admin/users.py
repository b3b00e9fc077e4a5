"""Who may sign in, and as what."""

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock
from cases.agent import SHORTEST_PASSWORD, Agent, Role, is_last_admin, second_factor
from cases.agent.second_factor import SecondFactor
from cases.case import Case, State
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import conflicts, notices, paging, words
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import user_form
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.signin import sessions
from inbox.web.who import agent

pages = Pages("users", __name__, url_prefix="/admin/users")


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """Everybody."""
    with reading() as session:
        return _shown(session, {}, {})


def _shown(
    session: Session, typed: dict[str, str], wrong: dict[str, str], status: int = 200
) -> Response:
    order, at = (Agent.active.desc(), Agent.name, Agent.id), url_for("users.page")
    proven = select(SecondFactor.agent_id).where(SecondFactor.confirmed_at.is_not(None))
    return show(
        session,
        "admin/users.html",
        title=_("Users"),
        people=paging.page(session, _asked(), order, lambda row: row[0], at=at),
        asked=paging.asked("q", "role", "state"),
        proven=frozenset(session.scalars(proven)),
        must=second_factor.roles(session),
        typed=typed,
        wrong=wrong,
        roles=list(Role),
        notice=notices.from_address(),
        shortest=SHORTEST_PASSWORD,
        status=status,
    )


def _asked() -> Select[Agent]:
    """The people that the filters let through."""
    said, query = paging.asked("q", "role", "state"), select(Agent)
    if "q" in said:
        columns = (Agent.name, Agent.address)
        query = query.where(or_(*(one.icontains(said["q"], autoescape=True) for one in columns)))
    if said.get("role") in frozenset(Role):
        query = query.where(Agent.role == Role(said["role"]))
    if said.get("state") in ("in", "out"):
        query = query.where(Agent.active == (said["state"] == "in"))
    return query


@pages.post("")
@allow(Policy.ADMIN)
def add() -> AnyResponse:
    """Let somebody sign in."""
    typed, password = user_form.typed(request.form), request.form.get("password", "")
    with transaction() as session:
        wrong = user_form.wrong(session, typed) | user_form.wrong_password(password)
        if wrong:
            return _shown(session, typed, wrong, 422)
        made = Agent(address=typed["address"].lower(), created_at=clock.now())
        user_form.change(made, typed)
        made.set_password(password)
        session.add(made)
        session.flush()
        _note(session, "user.added", made, role=made.role, team=made.team)
        number = made.id
    return redirect(url_for("users.page", done=f"saved.{number}"), 303)


def _note(session: Session, what: str, about: Agent, **data: object) -> None:
    audit.note(session, by=agent().address, what=what, about=about.address, **data)


@pages.get("/<int:agent_id>")
@allow(Policy.OPERATIONS)
def one(agent_id: int) -> Response:
    """One user, to be changed."""
    with reading() as session:
        found = session.get_one(Agent, agent_id)
        return _form(session, found, user_form.of(found), {})


def _form(
    session: Session,
    found: Agent,
    typed: dict[str, str],
    wrong: dict[str, str],
    late: Late | None = None,
) -> Response:
    return show(
        session,
        "admin/user.html",
        title=found.name,
        status=409 if late else 422 if wrong else 200,
        one=found,
        typed=typed,
        wrong=wrong,
        roles=list(Role),
        role_names={one.value: words.role(one) for one in Role},
        factor=second_factor.of(session, found.id),
        signed_in=len(sessions.living(session, found.id, at=clock.now())),
        on_desk=_on_desk(session, found),
        notice=notices.from_address(),
        shortest=SHORTEST_PASSWORD,
        **conflicts.shown(user_form.of(found), late),
    )


def _on_desk(session: Session, found: Agent) -> int:
    """How many open cases are theirs: they stay so when nobody looks after them any more."""
    theirs = Case.assignee_id == found.id, Case.state != State.CLOSED
    return session.scalar(select(func.count()).select_from(Case).where(*theirs)) or 0


@pages.post("/<int:agent_id>")
@allow(Policy.ADMIN)
def save(agent_id: int) -> AnyResponse:
    """Another name, role, team or language. The last administrator stays one."""
    with transaction(lock=conflicts.LOCK) as session:
        found = session.get_one(Agent, agent_id)
        typed = user_form.typed(request.form) | {"address": found.address}
        saver = conflicts.by_audit(session, "user.", found.address)
        if late := conflicts.late(user_form.of(found), typed, saver):
            return _form(session, found, typed, {}, late)
        wrong = user_form.wrong(session, typed, found)
        if not wrong and typed["role"] != Role.ADMIN and is_last_admin(session, found):
            wrong = {"role": _("Somebody must run the installation: make another administrator.")}
        if wrong:
            return _form(session, found, typed, wrong)
        before = user_form.of(found)
        user_form.change(found, typed)
        if found.role != before["role"]:
            # What they may see is decided anew, so they come in anew.
            sessions.end_all(session, agent_id)
        changed = {
            name: value for name, value in user_form.of(found).items() if value != before[name]
        }
        _note(session, "user.changed", found, **changed)
    return _to(agent_id)


@pages.post("/<int:agent_id>/password")
@allow(Policy.ADMIN)
def set_password(agent_id: int) -> AnyResponse:
    """Another password for somebody; they are signed out everywhere."""
    password = request.form.get("password", "")[:1000]
    with reading() as session:
        found = session.get_one(Agent, agent_id)
        if wrong := user_form.wrong_password(password):
            return _form(session, found, user_form.of(found), wrong)
    found.set_password(password)
    with transaction() as session:
        session.get_one(Agent, agent_id).password_hash = found.password_hash
        sessions.end_all(session, agent_id)
        _note(session, "user.password", found)
    return _to(agent_id)


@pages.post("/<int:agent_id>/second-factor")
@allow(Policy.ADMIN)
def take_factor_away(agent_id: int) -> AnyResponse:
    """Phone and paper are lost: they sign in with the password and begin anew."""
    with transaction() as session:
        found = session.get_one(Agent, agent_id)
        second_factor.take_away(session, agent_id)
        sessions.end_all(session, agent_id)
        _note(session, "user.second_factor_off", found)
    return _to(agent_id)


def _to(agent_id: int) -> AnyResponse:
    return redirect(url_for("users.one", agent_id=agent_id, done=f"saved.{agent_id}"), 303)


@pages.post("/<int:agent_id>/activity")
@allow(Policy.ADMIN)
def set_activity(agent_id: int) -> AnyResponse:
    """Let somebody no longer sign in, or again. Nobody locks themselves out."""
    if agent_id == agent().id:
        abort(409)
    with transaction() as session:
        found = session.get_one(Agent, agent_id)
        wanted = request.form.get("active") == "yes"
        if not wanted and is_last_admin(session, found):
            abort(409)
        found.active = wanted
        if not found.active:
            sessions.end_all(session, agent_id)
        _note(session, "user.let_in" if wanted else "user.stopped", found)
    return _to(agent_id)


@pages.post("/second-factor")
@allow(Policy.ADMIN)
def require() -> AnyResponse:
    """Which roles need a second proof."""
    wanted = frozenset(Role(one) for one in request.form.getlist("role") if one in frozenset(Role))
    with transaction() as session:
        before = second_factor.roles(session)
        second_factor.require(session, wanted, by=agent().address, at=clock.now())
        sessions.follow_factor_rules(session)
        said = {"before": sorted(before), "now": sorted(wanted)}
        audit.note(
            session, by=agent().address, what="second_factor.required", about="roles", **said
        )
    return redirect(url_for("users.page", done="saved.0"), 303)
