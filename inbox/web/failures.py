"""What did not go well: mails that could not be read, or not wholly, or that may not have left."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, redirect, url_for
from sqlalchemy import ColumnElement, Select, or_, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
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
from inbox.web import notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.ids import whole
from inbox.web.mail.bodies import as_file
from inbox.web.paging import Row, Shown
from inbox.web.visible import mailboxes_of, mails_visible_to, the_raw_mail, visible_to
from inbox.web.who import agent
from inbox.web.words import mishaps

pages = Pages("failures", __name__)
FILE_JOB = "inbox.intake.jobs.file_waiting"


@pages.get("/failures")
@allow(Policy.CASES)
def page() -> Response:
    """The mails that wait for people."""
    said = paging.asked("box", "only")
    only = said.get("only", "")
    with reading() as session:
        return show(
            session,
            "failures/page.html",
            title=_("Problems"),
            boxes=mailboxes_of(session, agent()),
            asked=said,
            mails=_mails(session) if only in ("", "unread") else None,
            lacking=_lacking(session) if only in ("", "lacking") else None,
            why=mishaps.said,
            outgoing=_outgoing(session) if only in ("", "unsent") else None,
            notice=notices.from_address(),
            failed=Fate.FAILED,
        )


def _mails(session: Session) -> Shown[tuple[RawMail, Mailbox, int | None]]:
    """Mails that failed, and those whose last try failed, with their stub case."""
    query = (
        select(RawMail, Mailbox, RawMail.stub_case_id)
        .join(Mailbox, Mailbox.id == RawMail.mailbox_id)
        .where(
            # Spelled out, so that every database knows that its indexes of such mails will do.
            or_(text("fate = 'failed'"), text("fate = 'waiting'") & (RawMail.reason != "")),
            mails_visible_to(agent()),
            _of_box(RawMail.mailbox_id),
        )
    )
    return _page(session, query, RawMail.id, lambda row: (row[0], row[1], row[2]), "mails")


def _lacking(session: Session) -> Shown[tuple[RawMail, Mailbox, int]]:
    """Mails that were filed as far as they could be read, while their case is open."""
    query = (
        select(RawMail, Mailbox, Case.id)
        .join(Mailbox, Mailbox.id == RawMail.mailbox_id)
        .join(Message, Message.raw_id == RawMail.id)
        .join(Case, Case.id == Message.case_id)
        .where(
            *(text("fate = 'damaged'"), Case.state != State.CLOSED, visible_to(agent())),
            _of_box(RawMail.mailbox_id),
        )
    )
    return _page(session, query, RawMail.id, lambda row: (row[0], row[1], row[2]), "lacking")


def _outgoing(session: Session) -> Shown[OutgoingMail]:
    """Mails of ours that were refused, or of which nobody knows whether they left."""
    query = (
        select(OutgoingMail)
        .join(Case, Case.id == OutgoingMail.case_id)
        .options(joinedload(OutgoingMail.case))
        .where(
            text("outgoing_mail.state IN ('rejected', 'uncertain')"),
            visible_to(agent()),
            _of_box(Case.mailbox_id),
        )
    )
    return _page(session, query, OutgoingMail.id, lambda row: row[0], "outgoing")


def _of_box(column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    number = whole(paging.asked("box").get("box", ""))
    return true() if number is None else column == number


def _page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    number: InstrumentedAttribute[int],
    row_of: Callable[[Any], Row],
    named: str,
) -> Shown[Row]:
    at = url_for("failures.page")
    return paging.page(session, query, (number.desc(),), row_of, at=at, named=named)


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
