"""Signing in and out."""

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.agent import Agent, signed_in_by
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import csrf, guesses, hx, sessions
from inbox.web.access import Pages, Policy, allow
from inbox.web.preferences import local
from inbox.web.who import somebody

pages = Pages("signin", __name__)
COOKIE = "tregua_session"


@pages.get("/sign-in")
@allow(Policy.EVERYONE)
def page() -> AnyResponse:
    """The form; somebody who is in already goes on."""
    if somebody() is not None:
        return redirect(local(request.args.get("next", "")), 303)
    return form("", "")


def form(address: str, refusal: str, status: int = 200) -> Response:
    """The form again: what was typed stays, the password does not."""
    values = {"address": address, "refusal": refusal, "next": request.values.get("next", "")}
    if hx.asked().is_partial:
        block = render_template("signin/dialog.html", **values)
        return hx.answer(block, status=status, retarget="#alerts")
    return make_response(render_template("signin/page.html", title=_("Sign in"), **values), status)


@pages.post("/sign-in")
@allow(Policy.EVERYONE)
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
    if agent is None:
        return form(address, _("Address and password do not fit together."), 422)
    return _welcome(agent, place)


def _welcome(agent: Agent, place: str) -> AnyResponse:
    with transaction() as session:
        secret = sessions.begin(session, agent, at=clock.now())
        guesses.forget(session, agent.address, place)
        if g.get("secret"):
            sessions.end(session, g.secret)
    if hx.asked().is_partial:
        # The page stays as it is, with all that was typed; only its forms get the new token.
        response = hx.tell(hx.answer(""), signedin={"csrf": csrf.token_for(secret)})
    else:
        response = make_response(redirect(local(request.form.get("next", "")), 303))
    csrf.set_cookie(response, COOKIE, secret)
    return response


@pages.post("/sign-out")
@allow(Policy.SIGNED_IN)
def sign_out() -> AnyResponse:
    """End this browser's session."""
    with transaction() as session:
        sessions.end(session, g.secret)
    response = make_response(redirect(url_for("signin.page"), 303))
    response.delete_cookie(COOKIE, path="/")
    return response
