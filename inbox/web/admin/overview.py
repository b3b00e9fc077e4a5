"""The settings: every page of those who run the installation, and what each is for."""

from flask import Response

from cases.db import reading
from cases.language import gettext as _
from inbox.web import places
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("settings", __name__)


@pages.get("/admin")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """The pages, by what they are about."""
    with reading() as session:
        return show(
            session,
            "admin/overview.html",
            title=_("Settings"),
            groups=places.settings(agent()),
        )
