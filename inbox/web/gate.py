"""Before every request: who asks, in which language, and whether they may. Nothing passes by it."""

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, language
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import csrf, hx, signin
from inbox.web.access import LARGEST_FORM, WITHOUT_SESSION, Policy, may, policy_of
from inbox.web.preferences import chosen_language
from inbox.web.signin import again, sessions
from inbox.web.style import FILES
from inbox.web.who import somebody


def guard(app: Flask) -> None:
    """Stand before every route; raises NoPolicy if one does not say who may use it."""
    app.before_request(_arrive)
    app.before_request(_refuse_no_text)
    app.before_request(_check)
    app.after_request(_keep_visit)
    for view in app.view_functions.values():
        policy_of(view)


def _arrive() -> None:
    """Recognise the agent and speak their language."""
    g.agent = None
    policy = _policy()
    if policy is not Policy.TOKEN and request.endpoint not in FILES:
        view = current_app.view_functions.get(request.endpoint or "")
        _limit(getattr(view, "largest_form", LARGEST_FORM))
        if policy is not Policy.PUBLIC:
            _recognise(request.cookies.get(signin.COOKIE, ""))
    language.choose(chosen_language())


def _refuse_no_text() -> None:
    """No database keeps zero bytes, and no page of ours sends any; programs are told by the API."""
    if _policy() is Policy.TOKEN or request.endpoint in FILES:
        return
    named = map(str, (request.view_args or {}).values())
    typed = (one for pair in request.form.items(multi=True) for one in pair)
    if b"%00" in request.query_string or any("\x00" in one for one in (*named, *typed)):
        abort(400)


def _limit(largest: int) -> None:
    """What may be sent: a form, or a whole list where the route says so."""
    request.max_content_length = largest
    if largest > LARGEST_FORM:
        # Text that is pasted into a form is kept in memory while it is read.
        request.max_form_memory_size = largest


def _policy() -> Policy:
    view = current_app.view_functions.get(request.endpoint or "")
    return policy_of(view) if view is not None else Policy.EVERYONE


def _recognise(secret: str) -> None:
    if not secret:
        return
    now = clock.now()
    with reading() as session:
        found = sessions.find(session, secret, at=now)
    if found is None:
        return
    row, g.agent = found
    g.secret, g.owes_factor = secret, row.owes_factor
    # What a page asks by itself is no sign that anybody is there; what is saved while they type is.
    by_itself = request.headers.get("X-Quiet") == "yes" or request.endpoint == "live.events"
    if not by_itself and sessions.is_worth_noticing(row, now):
        with transaction() as session:
            sessions.notice(session, row.id, at=now)


def _check() -> AnyResponse | None:
    """Refuse what the route's policy does not allow, and forms that are not ours."""
    policy = _policy()
    if policy in WITHOUT_SESSION or request.endpoint in FILES:
        return None
    me = somebody()
    if me is None and policy is not Policy.EVERYONE:
        return _ask_to_sign_in()
    if request.method not in csrf.SAFE and not csrf.is_ours(request):
        return _ask_once_more()
    if me is not None and not may(me, policy):
        abort(403)
    return _ask_for_a_factor() if g.get("owes_factor") else None


def _ask_once_more() -> AnyResponse:
    """A page from before they signed in anew: nothing is done, and they may send it once more."""
    whole = somebody() is not None and not hx.asked()
    note, _said = again.kept(request, "") if whole else ("", "")
    sent = again.read(note)
    if sent is None:
        abort(403, _("The form is too old or not ours. Load the page again and repeat it."))
    response = signin.offer(sent)
    response.status_code = 403
    return response


def _ask_for_a_factor() -> AnyResponse | None:
    """Who must have a second factor and has none sees only the page where it is set up."""
    if request.blueprint in ("second_factor", "preferences", "signin"):
        return None
    if hx.asked().is_partial or request.method not in csrf.SAFE:
        abort(403, _("First set up your two-step sign-in: open your profile."))
    return redirect(url_for("second_factor.page"), 303)


def _ask_to_sign_in() -> AnyResponse:
    """A page leads to the form; a part of a page gets the form and keeps what was typed."""
    if request.headers.get("X-Quiet"):
        # What a page asks by itself gets no form: each one would begin another visit, and the
        # token of the form that is shown would be of none of them.
        return Response(status=401)
    if hx.asked().is_partial:
        return signin.form("", again.ended(), 401)
    note, said = again.kept(request, request.cookies.get(signin.COOKIE, ""))
    if said:
        return signin.form("", said, 401, again=note)
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("signin.page", next=back or None), 303)


def _keep_visit(response: Response) -> Response:
    if _policy() not in WITHOUT_SESSION:
        csrf.keep_visit(response)
    return response
