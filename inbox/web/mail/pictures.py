"""Pictures from elsewhere in mails: left out, shown once, or always shown of that sender."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.contact import normalised
from cases.db import Base, transaction
from cases.mail import Trust
from cases.message import Message
from cases.signing import sign
from inbox import content
from inbox.web.access import Pages, Policy, allow
from inbox.web.mail import safe_html
from inbox.web.visible import the_message
from inbox.web.who import agent

pages = Pages("pictures", __name__)


class PictureSender(Base):
    """Somebody whose pictures are always shown, by a keyed hash: it is no list of addresses."""

    __tablename__ = "picture_sender"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(unique=True)
    by: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many pictures of a mail come from elsewhere, and what is done with them."""

    number: int
    always: bool
    shown: bool
    may_always: bool
    """Whether the sender is known to be who they say they are, or nobody checked."""


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(pictures_of=pictures_of)


def pictures_of(message: Message) -> Pictures:
    """What the page says above the frame of the mail."""
    session = object_session(message)
    if session is None:
        raise LookupError("the message was read in a session that is closed")
    raw = content.original(session, message.raw_id)
    found = safe_html.clean(content.html(raw), content.pictures(raw)).blocked if raw else 0
    always = bool(found) and are_wanted(session, message)
    return Pictures(found, always, always or "pictures" in request.args, _may_always(message))


def _may_always(message: Message) -> bool:
    return bool(message.sender) and message.trust is not Trust.FAIL


def are_wanted(session: Session, message: Message) -> bool:
    """Whether pictures of that sender are always shown; never if a server doubts the sender."""
    known = select(PictureSender.id).where(PictureSender.sender == _hidden(message))
    return _may_always(message) and session.scalars(known).first() is not None


def _hidden(message: Message) -> str:
    return sign("pictures-of", normalised(message.sender))


@pages.post("/messages/<int:message_id>/pictures")
@allow(Policy.CASES)
def decide(message_id: int) -> AnyResponse:
    """From now on always, or no longer."""
    with transaction() as session:
        message = the_message(session, message_id)
        case_id, hidden = message.case_id, _hidden(message)
        session.execute(delete(PictureSender).where(PictureSender.sender == hidden))
        if request.form.get("always") == "yes":
            if not _may_always(message):
                abort(409)
            session.add(PictureSender(sender=hidden, by=agent().address, at=clock.now()))
    address = url_for("case.page", case_id=case_id, html=message_id, _anchor=f"m-{message_id}")
    return redirect(address, 303)
