"""The settings: whether all is well, and every page of those who run the installation."""

from flask import Response

from cases import clock
from cases.db import reading
from cases.language import gettext as _
from inbox.web import places
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import glance
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("settings", __name__)


@pages.get("/admin")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """Whether all is well; then the pages, by what they are about."""
    me = agent()
    with reading() as session:
        return show(
            session,
            "admin/overview.html",
            title=_("Settings"),
            glance=glance.look(session, me, clock.now()),
            groups=places.settings(me),
        )
