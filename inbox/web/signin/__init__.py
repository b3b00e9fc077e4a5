"""Signing in and out."""

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, language
from cases.agent import Agent, first_run, second_factor, signed_in_by
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import browsers, csrf, hx
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.preferences import chosen_language, local
from inbox.web.signin import again as sent_again
from inbox.web.signin import guesses, half_way, sessions
from inbox.web.signin.again import Sent
from inbox.web.who import somebody

pages = Pages("signin", __name__)
COOKIE = "tregua_session"
LARGEST = sent_again.LONGEST + 50_000
"""The form that is kept goes along with each step."""


@pages.get("/sign-in")
@allow(Policy.EVERYONE)
def page() -> AnyResponse:
    """The form; somebody who is in already goes on."""
    if somebody() is not None:
        return redirect(local(request.args.get("next", "")), 303)
    return form("", "")


def form(address: str, refusal: str, status: int = 200, *, again: str = "") -> Response:
    """The form again: what was typed stays, the password does not."""
    values: dict[str, Any] = {"address": address, "refusal": refusal}
    values |= {"next": request.values.get("next", ""), "again": again or _note()}
    if hx.asked().is_partial:
        block = render_template("signin/dialog.html", **values)
        return hx.answer(block, status=status, retarget="#alerts")
    with reading() as session:
        values["nobody"] = first_run.is_empty(session)
    return make_response(render_template("signin/page.html", title=_("Sign in"), **values), status)


@pages.post("/sign-in")
@allow(Policy.EVERYONE)
@takes(LARGEST)
def sign_in() -> AnyResponse:
    """Begin a session: always a fresh one, whatever the browser brought."""
    address, password = request.form.get("address", ""), request.form.get("password", "")
    place = request.remote_addr or ""
    with transaction() as session:
        allowed = guesses.may_guess(session, address, place, at=clock.now())
    if not allowed:
        return form(address, _("Too many tries. Wait a quarter of an hour."), 429)
    with reading() as session:
        # Checking a password takes long on purpose, so no transaction waits for it.
        agent = signed_in_by(session, address[:320], password[:1000])
        needs_code = agent is not None and second_factor.of(session, agent.id) is not None
    if agent is None:
        return form(address, _("Address and password do not fit together."), 422)
    return _ask_for_code(half_way.given(agent), "") if needs_code else let_in(agent)


def _ask_for_code(half: str, refusal: str, status: int = 200) -> Response:
    """The second step: the code of the authenticator, or one on paper."""
    values = {"half": half, "refusal": refusal, "next": request.form.get("next", "")}
    values["again"] = _note()
    if hx.asked().is_partial:
        block = render_template("signin/code_dialog.html", **values)
        return hx.answer(block, status=status, retarget="#alerts")
    return make_response(render_template("signin/code.html", title=_("Sign in"), **values), status)


@pages.post("/sign-in/code")
@allow(Policy.EVERYONE)
@takes(LARGEST)
def prove() -> AnyResponse:
    """The password was right; the second factor must be as well."""
    half, place = request.form.get("half", "")[:200], request.remote_addr or ""
    with transaction() as session:
        agent = half_way.agent(session, half)
        if agent is None:
            return form("", _("That took too long. Sign in again."), 422)
        if not guesses.may_guess(session, _second(agent), place, at=clock.now()):
            return form(agent.address, _("Too many tries. Wait a quarter of an hour."), 429)
        code = request.form.get("code", "")
        proven = second_factor.proves(session, agent.id, code, at=clock.now())
        if proven:
            session.flush()
            guesses.forget(session, _second(agent), place)
    if not proven:
        said = _("This code does not fit, or was used before. Wait for the next one.")
        return _ask_for_code(half, said, 422)
    return let_in(agent)


def _second(agent: Agent) -> str:
    """Codes are guessed at apart from passwords, so that neither makes room for the other."""
    return f"second:{agent.address}"


def let_in(agent: Agent, start: str = "") -> AnyResponse:
    """Begin the session and lead to the start, or to where they wanted to go."""
    with transaction() as session:
        named = browsers.named(request.headers.get("User-Agent", ""))
        secret = sessions.begin(session, agent, at=clock.now(), browser=named)
        guesses.forget(session, agent.address, request.remote_addr or "")
        if g.get("secret"):
            sessions.end(session, g.secret)
    if hx.asked().is_partial:
        # The page stays as it is, with all that was typed; only its forms get the new token.
        response = hx.tell(hx.answer(""), signedin={"csrf": csrf.token_for(secret)})
    elif (sent := sent_again.read(_note())) is not None:
        g.secret, g.agent = secret, agent
        language.choose(chosen_language())
        response = offer(sent)
    else:
        response = make_response(redirect(local(start or request.form.get("next", "")), 303))
    csrf.set_cookie(response, COOKIE, secret)
    return response


def _note() -> str:
    """The form that was sent when the session had ended."""
    return request.form.get("again", "") if request.blueprint == pages.name else ""


def offer(sent: Sent) -> Response:
    """Nothing of it was done: they may send it now."""
    values: dict[str, Any] = {"sent": sent, "back": local(sent.back)}
    values |= {"title": _("You are signed in again"), "not_kept": sent_again.not_kept(sent)}
    return make_response(render_template("signin/again.html", **values))


@pages.post("/sign-out")
@allow(Policy.SIGNED_IN)
def sign_out() -> AnyResponse:
    """End this browser's session."""
    with transaction() as session:
        sessions.end(session, g.secret)
    response = make_response(redirect(url_for("signin.page"), 303))
    response.delete_cookie(COOKIE, path="/")
    return response
