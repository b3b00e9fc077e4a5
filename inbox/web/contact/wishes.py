"""What a customer wants to be written about, on their page: seen, and changed by an agent.

A no holds at once and keeps why. A yes is asked back by mail, since only they can give it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.replies import confirming
from cases import audit, clock, consent, language
from cases.consent import Wish
from cases.contact import Contact, Identifier, Kind
from cases.db import transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from inbox.web import live, notices, times
from inbox.web.access import Pages, Policy, allow
from inbox.web.chips import Chip
from inbox.web.public import mail_choices
from inbox.web.visible import the_contact
from inbox.web.who import agent

pages = Pages("wishes", __name__)
LONGEST = 500
THEMSELVES = frozenset({mail_choices.BY, "one-click", "the person"})


@dataclass(frozen=True, slots=True)
class Line:
    """A topic, how they stand to it, and who said so when and why."""

    code: str
    name: str
    stands: Chip
    said: str
    can_be_asked: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that they chose; `nothing` says who refused all of it, when and why."""

    nothing: str
    lines: Sequence[Line]


def of(session: Session, contact_id: int, holds: Sequence[Exclusion]) -> Wishes:
    """In one statement, with the exclusions that hold now."""
    offered, chosen = consent.looked_at(session, contact_id, holds)
    spoken, lines = language.current(), []
    for topic in offered:
        stands = chosen.topics[topic.code]
        refusals = [one for one in holds if topic.code in one.topics]
        can_be_asked = chosen.nothing or stands in (Wish.REFUSED, Wish.UNSAID)
        said = _said(refusals) if stands is Wish.REFUSED else ""
        lines.append(Line(topic.code, topic.name(spoken), _chip(stands), said, can_be_asked))
    return Wishes(_said([one for one in holds if one.reason is Reason.UNSUBSCRIBED_ALL]), lines)


def _chip(stands: Wish) -> Chip:
    return {
        Wish.WANTED: Chip("check", _("Wanted"), "ok", _("They confirmed it by mail")),
        Wish.REFUSED: Chip("x", _("Not wanted"), "danger"),
        Wish.ASKED: Chip(
            "hourglass", _("Asked by mail"), "warn", _("Waits for their confirmation")
        ),
        Wish.UNSAID: Chip("circle-help", _("Never said"), "quiet"),
    }[stands]


def _said(refusals: Sequence[Exclusion]) -> str:
    """The day, who wrote it down, and why if they said so."""
    if not refusals:
        return ""
    last = refusals[-1]
    who = _("said by themselves") if last.origin in THEMSELVES else last.origin
    return " · ".join(one for one in (times.day(last.starts_at), who, last.note) if one)


@pages.post("/contacts/<int:contact_id>/refusals")
@allow(Policy.CASES)
def refuse(contact_id: int) -> AnyResponse:
    """They said that they do not want it: one topic, or any advertising."""
    why = " ".join(request.form.get("why", "").split())[:LONGEST]
    topic, me, at = request.form.get("topic"), agent().address, clock.now()
    with transaction() as session:
        contact = the_contact(session, contact_id)
        if topic:
            _known(session, topic)
        if topic is None or not why:
            abort(422)
        if topic:
            consent.refuse(session, contact.id, topic, by=me, why=why, at=at)
        else:
            consent.refuse_all(session, contact.id, by=me, why=why, at=at)
        _note(session, contact, "consent.refused", topic)
    return _back(contact_id, notices.not_wanted if topic else notices.refusal_kept)


@pages.post("/contacts/<int:contact_id>/wishes")
@allow(Policy.CASES)
def wish(contact_id: int) -> AnyResponse:
    """They said that they want it: a mail asks them, and nothing changes before they confirm."""
    topic, me, at = request.form.get("topic", ""), agent().address, clock.now()
    with transaction() as session:
        contact = the_contact(session, contact_id)
        _known(session, topic)
        if confirming.is_enough(session, contact.id, at=at):
            raise confirming.AskedEnough(f"contact {contact.id} was asked too often today")
        # Asking anew makes older links void, so what waits still is asked again with it.
        waiting = [code for code in _waiting(session, contact) if code != topic]
        asked = consent.ask(session, _first(contact), [*waiting, topic], by=me, at=at)
        confirming.ask(session, asked, at=at)
        _note(session, contact, "consent.asked", topic)
    return _back(contact_id, notices.asked_back)


def _known(session: Session, topic: str) -> None:
    if topic not in {one.code for one in consent.topics(session)}:
        abort(422)


def _waiting(session: Session, contact: Contact) -> list[str]:
    stand = consent.choices(session, contact.id).topics
    return [code for code, wish in stand.items() if wish is Wish.ASKED]


def _first(contact: Contact) -> Identifier:
    """The address that comes first."""
    found = [one for one in contact.identifiers if one.kind is Kind.ADDRESS]
    first = [one for one in found if one.original == contact.address]
    return first[0] if first else abort(422)


def _note(session: Session, contact: Contact, what: str, topic: str) -> None:
    about = f"contact {contact.id}"
    audit.note(session, by=agent().address, what=what, about=about, topic=topic or "*")
    live.announce(session)


def _back(contact_id: int, kind: notices.Kind) -> AnyResponse:
    address = url_for("contact.page", contact_id=contact_id, done=f"{kind.__name__}.{contact_id}")
    return redirect(address, 303)
