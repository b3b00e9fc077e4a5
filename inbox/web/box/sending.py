"""From what stands in the box to an answer that leaves, with all that is to happen besides."""

from collections.abc import Sequence
from datetime import datetime

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Answer, Mode, foreseeing
from bot.answers.precautions import Doubt, doubts
from bot.composing.enclosing import Enclosure
from cases import correcting, macro, mailbox, snoozing, unsent
from cases.case import Case
from cases.contact import normalised
from cases.correcting.correction import Field
from cases.language import gettext as _
from cases.language import speaking
from cases.macro import Macro, Then
from cases.mail import Origin
from cases.message import Direction, Message
from cases.settings import settings
from cases.snoozing import Preset
from cases.unsent import Unsent, Written
from classifiers import taxonomy
from inbox.web import box, times
from inbox.web.box import ready, recipients
from inbox.web.who import agent, zone

MOST_PASSED_ON = 60_000
_RULE = "-" * 10


class Doubtful(Exception):
    """The answer may be a slip: somebody should look before it leaves."""

    def __init__(self, found: Sequence[Doubt]) -> None:
        super().__init__(", ".join(one.worry for one in found))
        self.found = tuple(found)


def refusal(written: Written, *, note: bool) -> tuple[str, str]:
    """Why it cannot be sent and which field that is about, or two empty words."""
    if not written.text and not (written.mode == Mode.FORWARD and not note):
        return _("Write something first."), "text"
    if len(written.text) > unsent.LONGEST:
        return _("The text is too long: {number} characters at the most.", number=unsent.LONGEST), (
            "text"
        )
    if note:
        return "", ""
    missing = macro.unfilled(written.text)
    if missing:
        return _("Fill in first: {places}", places=", ".join(missing)), "text"
    return _wrong_people(written)


def _wrong_people(written: Written) -> tuple[str, str]:
    for name in ("to", "cc", "bcc"):
        wrong = recipients.read(getattr(written, name)).wrong
        if wrong:
            return _("This is no e-mail address: {wrong}", wrong=", ".join(wrong)[:200]), name
    if written.mode == Mode.FORWARD and not written.to:
        return _("Say whom it goes to."), "to"
    return "", ""


def answer_of(session: Session, case: Case, written: Written, row: Unsent | None) -> Answer:
    """What the agent wants to be sent; mailboxes of ours get nothing, or mail would go in rings."""
    mode = Mode(written.mode)
    ours = {normalised(one) for one in mailbox.ours(session)}
    to, cc, bcc = (
        tuple(one for one in recipients.read(typed).addresses if normalised(one) not in ours)
        for typed in (written.to, written.cc, written.bcc)
    )
    if mode is Mode.ALL and not written.cc:
        cc = _others(session, case, ours)
    below = passed_on(session, case, written.text) if mode is Mode.FORWARD else ""
    files = tuple(Enclosure(one.name, one.type, one.content) for one in row.files) if row else ()
    return Answer(written.text, written.seen or None, mode, to, cc, bcc, files, below)


def _others(session: Session, case: Case, ours: set[str]) -> tuple[str, ...]:
    newest = newest_of_customer(session, case)
    if newest is None:
        return ()
    return recipients.customary(case.contact.address, [newest], sorted(ours)).cc


def newest_of_customer(session: Session, case: Case) -> Message | None:
    """The newest mail that the customer wrote in the case."""
    theirs = (Message.direction == Direction.IN) & (Message.origin == Origin.CUSTOMER)
    query = select(Message).where(Message.case_id == case.id, theirs)
    return session.scalars(query.order_by(Message.id.desc()).limit(1)).first()


def passed_on(session: Session, case: Case, text: str) -> str:
    """The customer's newest mail, to go below the text; "" where it stands there already."""
    newest = newest_of_customer(session, case)
    if newest is None or f"\n{_RULE} " in f"\n{text}":
        return ""
    with speaking(case.mailbox.language if case.mailbox else settings().language):
        head = (
            f"{_RULE} {_('Forwarded message')} {_RULE}",
            _("From: {sender}", sender=f"{newest.sender_name} <{newest.sender}>".strip()),
            _("Date: {date}", date=times.exact(newest.arrived_at)),
            _("Subject: {subject}", subject=newest.subject),
        )
    original = newest.text[:MOST_PASSED_ON].strip()
    return f"{chr(10).join(head)}\n\n{original}".strip()


def send(session: Session, case: Case, written: Written, way: str, *, at: datetime) -> Message:
    """Queue it. Raises Stale, NobodyToAnswer, Doubtful; then nothing of it has happened."""
    me = agent()
    wish = answer_of(session, case, written, unsent.find(session, case.id, me.id))
    found = doubts(foreseeing.situation(session, case, wish, at))
    message = answers.send(session, case, me, wish, at=at)
    agreed = set(request.form.get("anyway", "").split(","))
    left = [one for one in found if one.worry.value not in agreed]
    if left:
        raise Doubtful(left)
    if case.assignee_id is None and wish.mode is not Mode.FORWARD:
        case.assign(me.id, by=me.address, at=at)
    chosen = ready.usable(session, written.macro_id) if written.macro_id else None
    _besides(session, case, way, chosen, at)
    unsent.settle(session, case.id, me.id, written, at=at)
    return message


def _besides(session: Session, case: Case, way: str, chosen: Macro | None, at: datetime) -> None:
    """What the button says is done, or else what the ready answer says."""
    by = agent().address
    what, _dot, preset = way.removeprefix("answer").removeprefix("-and-").partition(".")
    if chosen is not None:
        chosen.used += 1
        if chosen.type in taxonomy.codes() and chosen.type != case.type:
            correcting.correct(session, case, Field.TYPE, chosen.type, by=by, at=at)
        what, preset = (what, preset) if what else (chosen.then.value, "")
        preset = preset or chosen.snooze
    if not case.is_open:
        return
    if what == Then.CLOSE:
        case.close(by=by, at=at)
        return
    if what == Then.WAIT:
        case.wait_for_customer(by=by, at=at)
    if preset in frozenset(Preset):
        until = snoozing.presets(at, zone())[Preset(preset)]
        snoozing.snooze(case, until, by=by, at=at)


def typed_or(kept: Unsent | None) -> Written:
    """What the form says, or what was kept where a form says nothing."""
    return box.typed() if "text" in request.form or kept is None else kept.written
