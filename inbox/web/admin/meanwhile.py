"""Two admins at one text: who saves second is told first, and loses nothing of what they typed."""

from datetime import datetime

from flask import request

from cases.language import gettext as _
from inbox.web import times

FIELD = "seen"


def refusal(newest: str, by: str, at: datetime | None) -> str:
    """What to say to somebody whose form began with another version than the newest, or ""."""
    seen = request.form.get(FIELD)
    if seen is None or seen == newest or at is None:
        return ""
    return _(
        "{who} saved another version at {time}. Yours is here and not kept yet: look at theirs in"
        " another tab, or save once more to put yours in its place.",
        who=by or "–",
        time=times.exact(at),
    )
