"""The first page ever: who started the program makes the account that runs it."""

from flask import Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock, language
from cases.agent import SHORTEST_PASSWORD, Agent, Role, first_run
from cases.agent.first_run import SomebodyIsThere
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import signin
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import user_form

pages = Pages("welcome", __name__)
START = "/admin/steps"


@pages.get("/welcome/<token>")
@allow(Policy.PUBLIC)
def page(token: str) -> Response:
    """The form, while nobody may sign in yet."""
    _check(token)
    return _shown(token, {}, {})


def _check(token: str) -> None:
    with reading() as session:
        if not first_run.is_ours(token, clock.now()) or not first_run.is_empty(session):
            abort(404)
    if request.args.get("lang") in language.LANGUAGES:
        language.choose(request.args["lang"])


def _shown(token: str, typed: dict[str, str], wrong: dict[str, str]) -> Response:
    shown = render_template(
        "signin/welcome.html",
        title=_("Welcome"),
        typed=typed,
        wrong=wrong,
        shortest=SHORTEST_PASSWORD,
        here_is=f"/welcome/{token}",
    )
    return make_response(shown, 422 if wrong else 200)


@pages.post("/welcome/<token>")
@allow(Policy.PUBLIC)
def begin(token: str) -> AnyResponse:
    """Make the account, once, and sign it in."""
    _check(token)
    typed = user_form.typed(request.form) | {"role": Role.ADMIN.value}
    typed["language"] = typed["language"] or language.current()
    password = request.form.get("password", "")[:1000]
    with reading() as session:
        wrong = user_form.wrong(session, typed) | user_form.wrong_password(password)
    if wrong:
        return _shown(token, typed, wrong)
    admin = Agent(address=typed["address"].lower(), created_at=clock.now())
    user_form.change(admin, typed)
    admin.set_password(password)
    try:
        with transaction() as session:
            first_run.make_admin(session, admin)
            by, role = admin.address, admin.role.value
            audit.note(session, by=by, what="user.added", about=by, role=role)
    except SomebodyIsThere:
        abort(404)
    return signin.let_in(admin, START)
