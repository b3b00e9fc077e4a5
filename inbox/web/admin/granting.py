"""Signing a mailbox in at Google or Microsoft, in the browser (OAuth with PKCE)."""

from urllib.parse import urlencode

from flask import Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.settings import settings
from cases import audit
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox, signing_in, xoauth
from cases.mailbox.xoauth import PROVIDERS, GrantLost, ProviderAway
from cases.retelling import retold
from inbox.spool import checks
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("granting", __name__, url_prefix="/admin/mailboxes")
NAMES = {"google": "Google", "microsoft": "Microsoft"}
LONGEST = 300


def came_back_to() -> str:
    """The address that has to be registered with the provider."""
    return f"{settings().public_url.rstrip('/')}/admin/mailboxes/granted"


@pages.post("/<int:mailbox_id>/sign-in")
@allow(Policy.ADMIN)
def begin(mailbox_id: int) -> AnyResponse:
    """Make the question; the page then has the way to the provider.

    It is a link there, since a form must not lead to other sites (Content-Security-Policy).
    """
    provider = request.form.get("provider", "")
    names = ("client_id", "client_secret")
    client = {name: request.form.get(name, "").strip()[:LONGEST] for name in names}
    if provider not in PROVIDERS or not client["client_id"]:
        abort(422, _("Write the client id that the provider gave your application."))
    with transaction() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        where = came_back_to()
        signing_in.begin(box, provider, client, redirect=where, browser=g.secret)
    return redirect(url_for("mailboxes.one", mailbox_id=mailbox_id, _anchor="sign-in"), 303)


@pages.get("/granted")
@allow(Policy.ADMIN)
def granted() -> AnyResponse:
    """The provider sent the browser back: what it granted is fetched and kept.

    The state is known to this browser alone, and ends with its use.
    """
    with reading() as session:
        found = signing_in.of_state(session, request.args.get("state", ""), g.secret)
        if found is None:
            said = _("No sign-in was begun in this browser, or it took too long. Begin it again.")
            return _failed(None, said, 422)
        box, begun = found
    came_back = f"{begun.question.redirect}?{urlencode(request.args)}"
    try:
        provider = PROVIDERS[begun.provider]
        grant = xoauth.granted(provider, begun.client, begun.question, came_back)
    except GrantLost as lost:
        return _failed(box.id, retold(str(lost)), 422)
    except ProviderAway as away:
        return _failed(box.id, retold(str(away)), 502)
    with transaction() as session:
        box = session.get(Mailbox, box.id) or abort(404)
        signing_in.end(box, begun, grant)
        checks.ask(session, box.id)
        who, provider_name = agent().address, begun.provider
        audit.note(
            session, by=who, what="mailbox.granted", about=box.address, by_whom=provider_name
        )
    return redirect(url_for("mailboxes.one", mailbox_id=box.id, done="saved.1"), 303)


def _failed(mailbox_id: int | None, said: str, status: int) -> Response:
    with reading() as session:
        return show(
            session,
            "admin/granted.html",
            title=_("The sign-in did not end well"),
            status=status,
            said=said,
            mailbox_id=mailbox_id,
        )
