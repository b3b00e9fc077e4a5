"""The programs of marketing: what they may ask, when they last did, and what they were told."""

from flask import Response, abort, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.tokens import Token
from inbox.web.access import Pages, Policy, allow
from inbox.web.console.frame import HARD, SOFT, shown
from inbox.webhook import Telling, Webhook

pages = Pages("integrations", __name__, url_prefix="/console/integrations")
SHOWN = 50


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """Tokens, freshness of their copies, webhooks and the newest messages to them."""
    with reading() as session:
        order = (Token.revoked_at.is_not(None), Token.pulled_at.desc(), Token.id)
        tellings = session.execute(
            select(Telling, Webhook.url, Token.name)
            .join(Webhook, Webhook.id == Telling.webhook_id)
            .join(Token, Token.id == Webhook.token_id)
            .order_by(Telling.id.desc())
            .limit(SHOWN)
        ).all()
        return shown(
            session,
            "integrations",
            title=_("Integrations"),
            tokens=session.scalars(select(Token).order_by(*order).limit(SHOWN)).all(),
            tellings=tellings,
            now=clock.now(),
            soft=SOFT,
            hard=HARD,
        )


@pages.post("/messages/<int:number>/again")
@allow(Policy.SUPERVISION)
def again(number: int) -> AnyResponse:
    """Send a message to a webhook once more."""
    with transaction() as session:
        row = session.get(Telling, number)
        if row is None:
            abort(404)
        row.done_at, row.due_at, row.attempts = None, clock.now(), 0
    return redirect(url_for("integrations.page"), 303)
