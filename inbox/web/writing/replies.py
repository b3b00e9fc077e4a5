"""Answers and notes: written, sent after a while, taken back, refused when something came."""

from dataclasses import replace
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import answers
from bot.outbox import OutgoingMail
from cases import clock, mention, unsent
from cases.case import Case
from cases.db import reading, transaction
from cases.history import What
from cases.language import gettext as _
from cases.mail import Origin
from cases.message import Direction, Message
from cases.unsent import TooMuch, Unsent, Written
from inbox import content
from inbox.web import box, casefile, hx, live, notices
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.actions import done
from inbox.web.box import sending
from inbox.web.box.enclosed import take_files
from inbox.web.case import came_from, gathered, pieces, show_file
from inbox.web.fragments import piece
from inbox.web.visible import acting_on, the_message
from inbox.web.who import agent

pages = Pages("replies", __name__)
LARGEST = 25_000_000


@pages.post("/cases/<int:case_id>/replies")
@allow(Policy.CASES)
@takes(LARGEST)
def answer(case_id: int) -> AnyResponse:
    """Send an answer, or keep a note: the button that was pressed says which."""
    written, way = box.typed(), request.form.get("as", "")
    note = way == "note" or (not way and written.mode == box.NOTE)
    refused, field = sending.refusal(written, note=note)
    if refused:
        return again(case_id, written, 422, refused=refused, field=field)
    if note:
        return _note(case_id, replace(written, mode=box.NOTE))
    try:
        return _emptied(case_id, _send(case_id, written, way))
    except answers.Stale:
        return again(case_id, written, 409)
    except answers.NobodyToAnswer:
        refused = _("This case has no address to answer to.")
        return again(case_id, written, 409, refused=refused, field="to")
    except sending.Doubtful as doubtful:
        return again(case_id, written, 409, doubts=doubtful.found)
    except TooMuch:
        return again(case_id, written, 422, refused=_("The files are too large for one mail."))


def _send(case_id: int, written: Written, way: str) -> int:
    with acting_on(case_id) as (session, case):
        at = clock.now()
        take_files(session, case, written, at=at)
        message = sending.send(session, case, written, way, at=at)
        live.announce(session)
        return message.id


def _note(case_id: int, written: Written) -> AnyResponse:
    with acting_on(case_id) as (session, case):
        _write_note(session, case, written.text)
        unsent.settle(session, case_id, agent().id, written, at=clock.now())
        live.announce(session)
    if not hx.asked().is_partial:
        return done(case_id, notices.noted)
    return _emptied(case_id, 0)


def _write_note(session: Session, case: Case, text: str) -> None:
    at, me = clock.now(), agent()
    message = Message(
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
    session.add(message)
    case.happened(What.NOTED, by=me.address, at=at)
    if "@" in text:
        mention.note(session, message, mention.named(text, casefile.assignable(session)), at=at)


def _emptied(case_id: int, message_id: int) -> AnyResponse:
    """It is kept: show it in the conversation and empty the box."""
    notice = notices.sent(message_id) if message_id else notices.noted(case_id)
    if not hx.asked().is_partial:
        return done(case_id, notices.sent, message_id)
    return _with_box(case_id, notice)


def _with_box(case_id: int, notice: notices.Notice) -> Response:
    with reading() as session:
        file = gathered(session, case_id)
        response = pieces(session, file, notice)
        shown = box_of(session, file)
    response.set_data(response.get_data(as_text=True) + shown)
    return response


def box_of(
    session: Session, file: casefile.CaseFile, written: Written | None = None, **said: Any
) -> str:
    """The box to write in, as a piece of an answer."""
    folder, order = came_from()
    shown = box.of(session, file, written, **said)
    values: dict[str, Any] = {"came_from": folder, "order": order, "box": shown}
    target = f"#case-composer-{file.case.id}"
    return str(piece("case/page.html", "composer", target, file=file, **values))


def again(case_id: int, written: Written, status: int, **said: Any) -> AnyResponse:
    """Not sent: the text stays in the box, with the reason, or with what came meanwhile."""
    with reading() as session:
        file = gathered(session, case_id)
        if status == 409 and written.seen:
            said["stale"] = list(casefile.since(session, case_id, written.seen))
        if not hx.asked().is_partial:
            shown = box.of(session, file, written, **said)
            return show_file(session, file, shown=shown, status=status)
        parts = [box_of(session, file, written, **said)]
        if said.get("stale"):
            parts.append(pieces(session, file, None).get_data(as_text=True))
        return hx.answer(*parts, status=status)


@pages.post("/messages/<int:message_id>/withdrawal")
@allow(Policy.CASES)
def withdraw(message_id: int) -> AnyResponse:
    """Take an answer back before it leaves; its text, people and files are in the box again."""
    with transaction() as session:
        message = the_message(session, message_id)
        case_id = message.case_id
        if message.by != agent().address:
            abort(403)
    with acting_on(case_id) as (session, case):
        message = the_message(session, message_id)
        text = answers.take_back(session, message, by=agent().address, at=clock.now())
        _put_back(session, case, message, text)
        live.announce(session)
    if hx.asked().is_partial:
        return _with_box(case_id, notices.withdrawn(message_id))
    kind = f"withdrawn.{message_id}"
    return redirect(url_for("case.page", case_id=case_id, done=kind), 303)


def put_above(session: Session, case_id: int, back: Written) -> Unsent:
    """What comes back stands above what was written since; a note stays a note."""
    me = agent().id
    row = unsent.find(session, case_id, me)
    since = row.written if row is not None else Written("")
    if (back.mode == box.NOTE) != (since.mode == box.NOTE):
        since = replace(since, text=since.aside, aside=since.text, aside_mode=since.mode)
    people = since if back.mode == box.NOTE else back
    both = replace(
        people,
        text=f"{back.text}\n\n{since.text}".strip(),
        mode=back.mode,
        seen=back.seen,
        macro_id=back.macro_id,
        aside=since.aside,
        aside_mode=since.aside_mode,
    )
    return unsent.keep(session, case_id, me, both, at=clock.now())


def _put_back(session: Session, case: Case, message: Message, text: str) -> None:
    mode = "forward" if message.rule == "forward" else "all" if message.cc else "reply"
    to, cc, bcc = (", ".join(people) for people in (message.to, message.cc, message.bcc))
    row = put_above(session, case.id, Written(text, mode, to, cc, bcc))
    sent = select(OutgoingMail.content).where(OutgoingMail.message_id == message.id)
    raw = session.scalars(sent.limit(1)).first() or b""
    for file in message.attachments:
        found = content.attachment(raw, int(file["part"]), int(file["size"]))
        if found is not None:
            unsent.attach(session, row, str(file["name"]), str(file["type"]), found)
