"""The mailboxes and how reading them goes."""

from flask import Response
from sqlalchemy import func, select

from cases.db import reading
from cases.language import gettext as _
from cases.mailbox import Mailbox, Mode
from inbox.spool import RawMail
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show

pages = Pages("mailboxes", __name__, url_prefix="/admin/mailboxes")


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All mailboxes, the failing ones first."""
    with reading() as session:
        boxes = session.scalars(
            select(Mailbox).order_by(Mailbox.failing_since.is_(None), Mailbox.address)
        ).all()
        newest = session.execute(
            select(RawMail.mailbox_id, func.max(RawMail.arrived_at)).group_by(RawMail.mailbox_id)
        )
        return show(
            session,
            "admin/mailboxes.html",
            title=_("Mailboxes"),
            boxes=boxes,
            newest={row[0]: row[1] for row in newest},
            shadow=Mode.SHADOW,
        )
