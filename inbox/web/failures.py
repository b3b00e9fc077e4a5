"""What did not go well: mails that could not be read, or not wholly, or that may not have left."""

from flask import Response, abort, redirect, url_for
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as AnyResponse

from bot import queues
from bot.outbox import OutgoingMail
from cases.case import Case, State
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.message import Message
from inbox import content, spool
from inbox.spool import Fate, RawMail
from inbox.web import mishaps, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.bodies import as_file
from inbox.web.fragments import show
from inbox.web.visible import mails_visible_to, the_raw_mail, visible_to
from inbox.web.who import agent

pages = Pages("failures", __name__)
SHOWN = 100
FILE_JOB = "inbox.intake.jobs.file_waiting"


@pages.get("/failures")
@allow(Policy.CASES)
def page() -> Response:
    """The mails that wait for people."""
    with reading() as session:
        return show(
            session,
            "failures/page.html",
            title=_("Problems"),
            mails=_mails(session),
            lacking=_lacking(session),
            why=mishaps.said,
            outgoing=_outgoing(session),
            notice=notices.from_address(),
            failed=Fate.FAILED,
        )


def _mails(session: Session) -> list[tuple[RawMail, Mailbox, int | None]]:
    """Mails that failed, and those whose last try failed, with their stub case."""
    found = session.execute(
        select(RawMail, Mailbox, RawMail.stub_case_id)
        .join(Mailbox, Mailbox.id == RawMail.mailbox_id)
        .where(
            # Spelled out, so that every database knows that its indexes of such mails will do.
            or_(text("fate = 'failed'"), text("fate = 'waiting'") & (RawMail.reason != "")),
            mails_visible_to(agent()),
        )
        .order_by(RawMail.id.desc())
        .limit(SHOWN)
    )
    return [(row[0], row[1], row[2]) for row in found]


def _lacking(session: Session) -> list[tuple[RawMail, Mailbox, int]]:
    """Mails that were filed as far as they could be read, while their case is open."""
    found = session.execute(
        select(RawMail, Mailbox, Case.id)
        .join(Mailbox, Mailbox.id == RawMail.mailbox_id)
        .join(Message, Message.raw_id == RawMail.id)
        .join(Case, Case.id == Message.case_id)
        .where(text("fate = 'damaged'"), Case.state != State.CLOSED, visible_to(agent()))
        .order_by(RawMail.id.desc())
        .limit(SHOWN)
    )
    return [(row[0], row[1], row[2]) for row in found]


def _outgoing(session: Session) -> list[OutgoingMail]:
    """Mails of ours that were refused, or of which nobody knows whether they left."""
    found = session.scalars(
        select(OutgoingMail)
        .join(Case, Case.id == OutgoingMail.case_id)
        .options(joinedload(OutgoingMail.case))
        .where(text("outgoing_mail.state IN ('rejected', 'uncertain')"), visible_to(agent()))
        .order_by(OutgoingMail.id.desc())
        .limit(SHOWN)
    )
    return list(found)


@pages.post("/failures/<int:raw_id>/retry")
@allow(Policy.CASES)
def retry(raw_id: int) -> AnyResponse:
    """Try a failed mail again from the beginning."""
    with transaction() as session:
        the_raw_mail(session, raw_id)
        if spool.try_again(session, raw_id):
            queues.wake(session, queues.FILE, FILE_JOB)
    # Who presses twice, or after a colleague, sees that it is being tried.
    return redirect(url_for("failures.page", done=f"again.{raw_id}"), 303)


@pages.get("/failures/<int:raw_id>/original")
@allow(Policy.CASES)
def original(raw_id: int) -> Response:
    """The bytes of a mail that could not be read, to be saved."""
    with reading() as session:
        found = content.original(session, the_raw_mail(session, raw_id).id)
    return as_file(found, f"mail-{raw_id}.eml") if found is not None else abort(404)
