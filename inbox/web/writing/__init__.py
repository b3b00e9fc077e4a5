"""Writing first: a mail to somebody who did not ask, which opens a case that waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.answers import first_words
from bot.answers.precautions import Doubt
from cases import clock, mailbox
from cases.case import Case, State
from cases.contact import find, normalised
from cases.db import FILING, reading, transaction
from cases.language import gettext as _
from cases.unsent import TooMuch, Written
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.box import recipients, sending
from inbox.web.box.enclosed import take_files
from inbox.web.fragments import show
from inbox.web.ids import whole
from inbox.web.visible import mailboxes_of, the_contact, visible_to
from inbox.web.who import agent
from inbox.web.writing.replies import LARGEST

pages = Pages("writing", __name__)
LONGEST = {"to": 320, "cc": recipients.LONGEST, "subject": 300, "text": 100_000, "mailbox": 12}


@dataclass(frozen=True, slots=True)
class Said:
    """Why it was not sent: what is wrong, what may be a slip, or what is open already."""

    refused: str = ""
    field: str = ""
    doubts: Sequence[Doubt] = ()
    open_cases: Sequence[Case] = ()


@pages.get("/messages/new")
@allow(Policy.CASES)
def page() -> Response:
    """An empty sheet; the customer may be named by number, never by address in the URL."""
    number = whole(request.args.get("contact", ""))
    with reading() as session:
        return _shown(session, _addressed(session, number) if number else {}, Said())


def _addressed(session: Session, number: int) -> dict[str, str]:
    """To that customer, from the mailbox that they were last in touch with."""
    contact = the_contact(session, number)
    theirs = select(Case.mailbox_id).where(Case.contact_id == contact.id, visible_to(agent()))
    last = session.scalars(theirs.order_by(Case.last_at.desc()).limit(1)).first()
    return {"to": contact.address, "mailbox": str(last or "")}


def _shown(session: Session, typed: dict[str, str], said: Said, status: int = 200) -> Response:
    return show(
        session,
        "writing/page.html",
        title=_("New message"),
        status=status,
        boxes=mailboxes_of(session, agent()),
        typed=typed,
        said=said,
        longest=LONGEST,
    )


@pages.post("/messages/new")
@allow(Policy.CASES)
@takes(LARGEST)
def send() -> AnyResponse:
    """Open the case and queue the mail, which leaves after the undo window."""
    typed = {
        name: request.form.get(name, "").replace("\r\n", "\n").strip()[:most]
        for name, most in LONGEST.items()
    }
    try:
        # The lock of the filing: a mail of theirs must not open a second case meanwhile.
        with transaction(lock=FILING) as session:
            said = _refusal(session, typed)
            if said is not None:
                return _shown(session, typed, said, 409 if said.open_cases else 422)
            case_id, message_id = _send(session, typed)
            live.announce(session)
    except sending.Doubtful as doubtful:
        with reading() as session:
            return _shown(session, typed, Said(doubts=doubtful.found), 409)
    except TooMuch:
        with reading() as session:
            said = Said(_("The files are too large for one mail."), "files")
            return _shown(session, typed, said, 422)
    return redirect(
        url_for("case.page", case_id=case_id, done=f"{notices.sent.__name__}.{message_id}"), 303
    )


def _send(session: Session, typed: dict[str, str]) -> tuple[int, int]:
    at = clock.now()
    box = next(one for one in mailboxes_of(session, agent()) if str(one.id) == typed["mailbox"])
    to = recipients.read(typed["to"]).addresses[0]
    case = first_words.begin(session, agent(), box, to, typed["subject"], at=at)
    written = Written(typed["text"], to=to, cc=typed["cc"])
    take_files(session, case, written, at=at)
    message = sending.send(session, case, written, "answer-and-wait", at=at)
    return case.id, message.id


def _refusal(session: Session, typed: dict[str, str]) -> Said | None:
    """What is missing or wrong, or that this person has an open case already."""
    found = recipients.read(typed["to"])
    if found.wrong or len(found.addresses) != 1:
        return Said(_("Write one e-mail address."), "to")
    address = normalised(found.addresses[0])
    if address in {normalised(one) for one in mailbox.ours(session)}:
        return Said(_("This is a mailbox of ours."), "to")
    if typed["mailbox"] not in {str(one.id) for one in mailboxes_of(session, agent())}:
        return Said(_("Choose the mailbox you write from."), "mailbox")
    if not typed["subject"]:
        return Said(_("Give it a subject."), "subject")
    refused, field = sending.refusal(Written(typed["text"], cc=typed["cc"]), note=False)
    if refused:
        return Said(refused, field)
    known = () if request.form.get("even_so") == "yes" else _open_cases(session, address)
    return Said(open_cases=known) if known else None


def _open_cases(session: Session, address: str) -> Sequence[Case]:
    contact = find(session, address)
    if contact is None:
        return ()
    theirs = (Case.contact_id == contact.id, Case.state != State.CLOSED, Case.bulk.is_(False))
    query = select(Case).where(*theirs, Case.merged_into_id.is_(None), visible_to(agent()))
    return session.scalars(query.order_by(Case.last_at.desc()).limit(5)).all()
