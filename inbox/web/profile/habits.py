"""How somebody likes to work: their own keys, and what is shown after a case was closed."""

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases.agent import Agent
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import notices, shortcuts
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("habits", __name__)


@pages.get("/preferences/keys")
@allow(Policy.SIGNED_IN)
def page() -> Response:
    """All shortcuts, to be changed or switched off."""
    return _shown({one.key: shortcuts.key_of(agent(), one.key) for one in shortcuts.changeable()})


def _shown(keys: dict[str, str], clash: str = "") -> Response:
    with reading() as session:
        return show(
            session,
            "habits/page.html",
            title=_("Keys and habits"),
            status=422 if clash else 200,
            groups=shortcuts.all_of_them(),
            chosen=keys,
            clash=clash,
            after_close=agent().after_close,
            notice=notices.from_address(),
        )


@pages.post("/preferences/keymap")
@allow(Policy.SIGNED_IN)
def change() -> AnyResponse:
    """Keep other keys, or those as shipped."""
    wanted = {one.key: request.form.get(f"key-{one.key}", "") for one in shortcuts.changeable()}
    if request.form.get("do") == "reset":
        wanted = {}
    try:
        keys = shortcuts.chosen(wanted)
    except shortcuts.Clash as clash:
        return _shown(wanted, str(clash))
    with transaction() as session:
        session.get_one(Agent, agent().id).keys = keys
    return redirect(url_for("habits.page", done="saved.0"), 303)


@pages.post("/preferences/after-close")
@allow(Policy.SIGNED_IN)
def after_close() -> AnyResponse:
    """Choose what is shown after a case was closed."""
    wanted = request.form.get("value", "")
    if wanted not in shortcuts.AFTER_CLOSE:
        abort(422)
    with transaction() as session:
        session.get_one(Agent, agent().id).after_close = wanted
    return redirect(url_for("habits.page", done="saved.0"), 303)
