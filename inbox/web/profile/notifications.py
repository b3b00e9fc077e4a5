"""What an agent is told: the newest things, and how they want to be told of each kind."""

from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.staff_mail import notifying
from bot.staff_mail.notifying import Kind
from cases import clock
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("notifications", __name__)


@pages.get("/notifications")
@allow(Policy.CASES)
def page() -> Response:
    """The newest first."""
    with reading() as session:
        return show(
            session,
            "notifications/page.html",
            title=_("Notifications"),
            found=[_line(*one) for one in notifying.newest(session, agent().id)],
            kinds=[
                (kind, name_of(kind), choice)
                for kind, choice in notifying.choices(session, agent().id).items()
            ],
            notice=notices.from_address(),
        )


def _line(told: notifying.Notification, subject: str) -> dict[str, Any]:
    return {
        "case_id": told.case_id,
        "text": notifying.sentence(told.kind, told.case_id),
        "subject": subject,
        "at": told.at,
        "new": told.seen_at is None,
    }


def name_of(kind: Kind) -> str:
    """The kind as its setting names it."""
    return {
        Kind.ASSIGNED: _("A case is given to me"),
        Kind.MENTIONED: _("A note names me"),
        Kind.WARNED: _("A promise of my case is about to be broken"),
        Kind.BREACHED: _("A promise of my case is broken"),
        Kind.QUIET: _("Nothing happens in my open case"),
    }[kind]


@pages.post("/notifications/seen")
@allow(Policy.CASES)
def look_at_all() -> AnyResponse:
    """I have seen them."""
    with transaction() as session:
        notifying.look_at_all(session, agent().id, at=clock.now())
    return redirect(url_for("notifications.page"), 303)


@pages.post("/notifications/choices")
@allow(Policy.CASES)
def choose() -> AnyResponse:
    """Tell me in this way from now on."""
    with transaction() as session:
        for kind in Kind:
            wanted = request.form.getlist(kind.value)
            notifying.choose(
                session, agent().id, kind, in_page="page" in wanted, by_mail="mail" in wanted
            )
    return redirect(url_for("notifications.page", done="saved.1"), 303)
