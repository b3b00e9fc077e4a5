"""Answers and notes: written, sent after ten seconds, taken back, refused when something came."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import answers
from cases import clock
from cases.case import Case
from cases.db import reading, transaction
from cases.history import What
from cases.language import gettext as _
from cases.mail import Origin
from cases.message import Direction, Message
from inbox.web import casefile, hx, live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import done
from inbox.web.case import came_from, gathered, pieces, show_file
from inbox.web.fragments import piece
from inbox.web.visible import acting_on, the_message
from inbox.web.who import agent

pages = Pages("replies", __name__)
LONGEST = 100_000


@pages.post("/cases/<int:case_id>/replies")
@allow(Policy.CASES)
def answer(case_id: int) -> AnyResponse:
    """Send an answer, or keep a note: the button that was pressed says which."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    seen = request.form.get("seen", 0, type=int)
    refusal = _refusal(text)
    if refusal:
        return _again(case_id, text, refusal, 422)
    if request.form.get("as") == "note":
        return _note(case_id, text)
    try:
        message_id = _send(case_id, answers.Answer(text, seen or None))
    except answers.Stale:
        return _again(case_id, text, "", 409, seen)
    except answers.NobodyToAnswer:
        return _again(case_id, text, _("This case has no address to answer to."), 409)
    return _emptied(case_id, message_id)


def _refusal(text: str) -> str:
    """Why a text cannot be sent, or ""."""
    if not text:
        return _("Write something first.")
    if len(text) > LONGEST:
        return _("The text is too long: {number} characters at the most.", number=LONGEST)
    return ""


def _send(case_id: int, written: answers.Answer) -> int:
    with acting_on(case_id) as (session, case):
        at = clock.now()
        message = answers.send(session, case, agent(), written, at=at)
        if case.assignee_id is None:
            case.assign(agent().id, by=agent().address, at=at)
        if request.form.get("as") == "answer-and-close" and case.is_open:
            case.close(by=agent().address, at=at)
        live.announce(session)
        return message.id


def _note(case_id: int, text: str) -> AnyResponse:
    with acting_on(case_id) as (session, case):
        _write_note(session, case, text)
        live.announce(session)
    if not hx.asked().is_partial:
        return done(case_id, notices.noted)
    return _emptied(case_id, 0)


def _write_note(session: Session, case: Case, text: str) -> None:
    at, me = clock.now(), agent()
    session.add(
        Message(
            case=case,
            direction=Direction.NOTE,
            origin=Origin.AGENT,
            sender=me.address,
            sender_name=me.name,
            text=text,
            new_text=text,
            arrived_at=at,
            rule="note",
            by=me.address,
        )
    )
    case.happened(What.NOTED, by=me.address, at=at)


def _emptied(case_id: int, message_id: int) -> AnyResponse:
    """It is kept: show it in the conversation and empty the box."""
    notice = notices.sent(message_id) if message_id else notices.noted(case_id)
    if not hx.asked().is_partial:
        return done(case_id, notices.sent, message_id)
    with reading() as session:
        file = gathered(session, case_id)
        response = pieces(session, file, notice)
        box = _box(file, "")
    response.set_data(response.get_data(as_text=True) + box)
    return response


def _box(file: casefile.CaseFile, draft: str, **more: Any) -> str:
    """The box to write in, as a piece of an answer."""
    folder, order = came_from()
    values = {"refused": "", "stale": [], "came_from": folder, "order": order, **more}
    target = f"#case-composer-{file.case.id}"
    return str(piece("case/page.html", "composer", target, file=file, draft=draft, **values))


def _again(case_id: int, text: str, refusal: str, status: int, seen: int = 0) -> AnyResponse:
    """Not sent: the text stays in the box, with the reason, or with what came meanwhile."""
    with reading() as session:
        file = gathered(session, case_id)
        newer = list(casefile.since(session, case_id, seen)) if status == 409 and seen else []
        if not hx.asked().is_partial:
            return show_file(session, file, draft=text, refused=refusal, status=status, stale=newer)
        return hx.answer(_box(file, text, refused=refusal, stale=newer), status=status)


@pages.post("/messages/<int:message_id>/withdrawal")
@allow(Policy.CASES)
def withdraw(message_id: int) -> AnyResponse:
    """Take an answer back before it leaves; its text is in the box again."""
    with transaction() as session:
        message = the_message(session, message_id)
        case_id = message.case_id
        if message.by != agent().address:
            abort(403)
    with acting_on(case_id) as (session, _case):
        text = answers.take_back(
            session, the_message(session, message_id), by=agent().address, at=clock.now()
        )
        live.announce(session)
    return _with_draft(case_id, message_id, text)


def _with_draft(case_id: int, message_id: int, text: str) -> Response | AnyResponse:
    if not hx.asked().is_partial:
        kind = f"withdrawn.{message_id}"
        return redirect(url_for("case.page", case_id=case_id, draft=message_id, done=kind), 303)
    with reading() as session:
        file = gathered(session, case_id)
        response = pieces(session, file, notices.withdrawn(message_id))
        box = _box(file, text)
    response.set_data(response.get_data(as_text=True) + box)
    return response
