"""The rest of a mail that was too large: asked for in its case, fetched with the next reading."""

from flask import abort
from werkzeug.wrappers import Response as AnyResponse

from cases.db import transaction
from cases.language import gettext as _
from inbox.spool.taking import want_rest
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import done
from inbox.web.visible import the_message

pages = Pages("whole", __name__)


@pages.post("/messages/<int:message_id>/rest")
@allow(Policy.CASES)
def rest(message_id: int) -> AnyResponse:
    """Fetch it with the next reading of the mailbox."""
    with transaction() as session:
        message = the_message(session, message_id)
        if message.raw_id is None or not want_rest(session, message.raw_id):
            abort(409, _("Nothing more of this mail can be fetched."))
        case_id = message.case_id
        live.announce(session)
    return done(case_id, notices.rest_wanted)
