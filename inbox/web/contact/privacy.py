"""What a person may ask for: everything we hold of them in one file, and to be forgotten."""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import bot.erasing
from bot.rules import trials
from cases import audit, clock, erasing
from cases.case import Case
from cases.contact import Contact, Identifier
from cases.db import reading, transaction
from cases.exclusions.rows import Exclusion
from cases.exclusions.touches import Touch
from cases.language import gettext as _
from cases.message import Direction, Message
from inbox import content, passage, sighting
from inbox.spool import burying
from inbox.web import file_names, live, rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.visible import the_contact, visible_to
from inbox.web.who import agent

pages = Pages("privacy", __name__)
MOST_MAILS, AT_ONCE = 5_000, 65_536


@pages.post("/contacts/<int:contact_id>/export")
@allow(Policy.SUPERVISION)
def export(contact_id: int) -> Response:
    """All that we hold of them as a ZIP: facts as JSON, mails as they came (GDPR, article 15)."""
    with reading() as session:
        contact = the_contact(session, contact_id)
        _sees_all(session, contact)
        file = _packed(session, contact)
    with transaction() as session:
        about = f"contact {contact_id}"
        audit.note(session, by=agent().address, what="export.person", about=about)
    response = Response(_read(file), mimetype="application/zip")
    response.call_on_close(file.close)
    name = f"contact-{contact_id}.zip"
    response.headers["Content-Disposition"] = file_names.disposition(name)
    response.headers["X-Content-Kind"] = "file"
    return response


def _sees_all(session: Session, contact: Contact) -> None:
    """The file must hold all of it, so it is for those who may see all of it."""
    seen = select(Case.id).where(Case.contact_id == contact.id, visible_to(agent()))
    hidden = select(Case.id).where(Case.contact_id == contact.id, Case.id.not_in(seen))
    if session.scalars(hidden.limit(1)).first() is not None:
        abort(403, _("This person wrote to another team too. Ask somebody who sees all cases."))


def _packed(session: Session, contact: Contact) -> BinaryIO:
    """The ZIP in a file without a name, which is gone once it is closed."""
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it when it is read
    _write(session, contact, file)
    file.seek(0)
    return file


def _read(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(AT_ONCE):
            yield chunk


def _write(session: Session, contact: Contact, file: BinaryIO) -> None:
    cases = session.scalars(
        select(Case).where(Case.contact_id == contact.id).order_by(Case.id)
    ).all()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.json", _json(_person(session, contact)))
        for case in cases:
            messages = _messages(session, case)
            told = {"number": case.id, "subject": case.subject, "opened_at": case.opened_at}
            told |= {"closed_at": case.closed_at, "messages": [_message(one) for one in messages]}
            packed.writestr(f"cases/{case.id}.json", _json(told))
            for one in messages:
                raw = content.original(session, one.raw_id)
                if raw is not None:
                    packed.writestr(f"mails/{case.id}-{one.id}.eml", raw)


def _person(session: Session, contact: Contact) -> dict[str, Any]:
    values = [one.value for one in contact.identifiers]
    holds = session.scalars(select(Exclusion).where(Exclusion.contact_id == contact.id)).all()
    touches = session.scalars(select(Touch).where(Touch.value.in_(values))).all()
    facts = ("name", "language", "zone", "country", "quiet_hours", "tier", "lifetime_value", "nps")
    return {
        **{name: getattr(contact, name) for name in (*facts, "vip", "influencer", "created_at")},
        "identifiers": [
            {"kind": one.kind, "value": one.original, "bounced_at": one.bounced_at}
            for one in contact.identifiers
        ],
        "marketing_held_back": [_picked(one, _OF_HOLDS) for one in holds],
        "marketing_received": [_picked(one, _OF_TOUCHES) for one in touches],
    }


_OF_HOLDS = ("reason", "starts_at", "until", "lifted_at")
_OF_TOUCHES = ("campaign", "subject", "sent_at", "opened_at", "clicked")


def _picked(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _messages(session: Session, case: Case) -> Sequence[Message]:
    """Their mails and ours; what colleagues noted among themselves is not theirs."""
    said = (Message.case_id == case.id) & (Message.direction != Direction.NOTE)
    return session.scalars(select(Message).where(said).order_by(Message.id).limit(MOST_MAILS)).all()


def _message(one: Message) -> dict[str, Any]:
    names = ("direction", "sender", "to", "cc", "subject", "text", "arrived_at", "labels")
    files = [file.get("name") for file in one.attachments]
    return {name: getattr(one, name) for name in names} | {"files": files}


def _json(told: object) -> str:
    def plain(one: object) -> str:
        return one.isoformat() if isinstance(one, datetime) else str(one)

    return json.dumps(told, ensure_ascii=False, indent=1, default=plain)


@pages.get("/contacts/<int:contact_id>/erasure")
@allow(Policy.ADMIN)
def ask(contact_id: int) -> Response:
    """What will be gone, before it is."""
    with reading() as session:
        return _asked(session, the_contact(session, contact_id), 200)


def _asked(session: Session, contact: Contact, status: int) -> Response:
    mine = select(Case.id).where(Case.contact_id == contact.id)
    return show(
        session,
        "contact/erasure.html",
        title=rows.called(contact),
        contact=contact,
        who=rows.called(contact),
        cases=len(session.scalars(mine).all()),
        wrong=status != 200,
        status=status,
    )


@pages.post("/contacts/<int:contact_id>/erasure")
@allow(Policy.ADMIN)
def erase(contact_id: int) -> AnyResponse:
    """They are forgotten (GDPR, article 17); it cannot be undone, so their number is typed."""
    if request.form.get("number", "").strip().lstrip("#") != str(contact_id):
        with reading() as session:
            return _asked(session, the_contact(session, contact_id), 422)
    now = clock.now()
    with transaction() as session:
        the_contact(session, contact_id)
        mine = session.scalars(select(Case.id).where(Case.contact_id == contact_id)).all()
        names = select(Identifier.value).where(Identifier.contact_id == contact_id)
        for told in (passage, sighting):
            told.forget(session, session.scalars(names).all())
        raw_ids = erasing.erase(session, contact_id, by=agent().address, at=now)
        bot.erasing.erase(session, mine, at=now)
        trials.forget_mails(session)
        burying.bury(session, raw_ids)
        live.announce(session)
    return redirect(
        url_for("contact.page", contact_id=contact_id, done=f"erased.{contact_id}"), 303
    )
