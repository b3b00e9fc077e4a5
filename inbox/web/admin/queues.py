"""What waits, what failed, and whether everything is there: the installation in a few numbers."""

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import queues
from cases import audit
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web import folders, notices, standing
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("queues", __name__, url_prefix="/admin/queues")


@pages.get("")
@allow(Policy.OPERATIONS)
def health() -> Response:
    """The queues, and all that feeds and empties them."""
    with reading() as session:
        return show(
            session,
            "admin/queues.html",
            title=_("Queues"),
            waiting=standing.waiting(session),
            named=named,
            said_count=folders.said_count,
            boxes=standing.reading_of_mail(session),
            slow=standing.SLOW,
            feed=standing.feed(session),
            room=standing.room(),
            size=gigabytes,
            doors=[(name, queues.depth(name), queues.workers(name)) for name in queues.QUEUES],
            failed=queues.failed(),
            notice=notices.from_address(),
        )


def gigabytes(size: int) -> str:
    """The size of a disk, or of what is free on it."""
    return f"{size / 2**30:.1f} GB" if size < 10 * 2**30 else f"{size / 2**30:.0f} GB"


def named(what: str) -> str:
    """What waits, in words."""
    return {
        "filing": _("Mails to be filed"),
        "sending": _("Mails to be sent"),
        "deferred": _("Mails the relay put off"),
        "classifying": _("Messages to be classified"),
        "webhooks": _("Messages to webhooks"),
        "failed": _("Failed mails"),
    }[what]


@pages.post("/failed")
@allow(Policy.ADMIN)
def settle() -> AnyResponse:
    """Call a failed job once more, or forget it."""
    name, job_id = request.form.get("queue", ""), request.form.get("job", "")[:100]
    if name not in queues.QUEUES or not job_id:
        abort(422)
    if request.form.get("do") == "discard":
        done, what = queues.discard(name, job_id), "queue.discarded"
    else:
        done, what = queues.retry(name, job_id), "queue.retried"
    if done:
        with transaction() as session:
            audit.note(session, by=agent().address, what=what, about=f"{name} {job_id}")
    return redirect(url_for("queues.health", done="saved.0" if done else "gone_call.0"), 303)
