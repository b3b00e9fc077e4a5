"""A customer's page: everything they saw from us and we from them, in one column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from bot.outbox import OutgoingMail
from cases import clock
from cases.case import Case
from cases.contact import Contact
from cases.db import reading
from cases.message import Direction, Message
from inbox.web import chips, entries, rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.entries import Entry
from inbox.web.fragments import show
from inbox.web.rows import Row
from inbox.web.visible import the_contact, visible_to
from inbox.web.who import agent

pages = Pages("contact", __name__)
SHOWN = 100
BURST, BURST_SPAN = 4, timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Seen:
    """One mail of the column, and how many came within a day when they became many."""

    entry: Entry
    burst: int = 0


@pages.get("/contacts/<int:contact_id>")
@allow(Policy.CASES)
def page(contact_id: int) -> Response:
    """One customer. With `as=customer`, only what they could see."""
    as_customer = request.args.get("as") == "customer"
    now = clock.now()
    with reading() as session:
        contact = the_contact(session, contact_id)
        their_cases = _cases(session, contact)
        holds = [h for h in rows.holds_of(session, {contact_id})[contact_id] if h.holds_at(now)]
        return show(
            session,
            "contact/page.html",
            title=rows.called(contact),
            contact=contact,
            who=rows.called(contact),
            cases=their_cases,
            holds=holds,
            truce=chips.long_truce(holds),
            as_customer=as_customer,
            timeline=_timeline(session, contact, as_customer=as_customer),
        )


def _cases(session: Session, contact: Contact) -> list[Row]:
    query = rows.with_people().where(Case.contact_id == contact.id, visible_to(agent()))
    found = session.execute(query.order_by(Case.last_at.desc(), Case.id.desc()).limit(30))
    return rows.rows(session, [(row[0], row[1]) for row in found], clock.now())


def _timeline(session: Session, contact: Contact, *, as_customer: bool) -> list[Seen]:
    mine = select(Case.id).where(Case.contact_id == contact.id, visible_to(agent()))
    messages = select(Message).where(Message.case_id.in_(mine))
    if as_customer:
        messages = messages.where(Message.direction != Direction.NOTE)
    found = session.scalars(messages.order_by(Message.arrived_at.desc()).limit(SHOWN)).all()
    outgoing = session.scalars(
        select(OutgoingMail)
        .options(defer(OutgoingMail.content))
        .where(OutgoingMail.case_id.in_(mine))
        .order_by(OutgoingMail.id.desc())
        .limit(2 * SHOWN)
    ).all()
    by_message = {mail.message_id: mail for mail in outgoing}
    cards = [
        *(entries.of_message(one, by_message.get(one.id), None) for one in found),
    ]
    return _marked([one for one in entries.grouped(cards) if not as_customer or _reached(one)])


def _reached(entry: Entry) -> bool:
    """Whether the customer could see it: an answer that was taken back never left."""
    return entry.message is None or entry.message.withdrawn_at is None


def _marked(cards: Sequence[Entry]) -> list[Seen]:
    """The cards, the newest first, with a mark where too much was written within a day."""
    ours = [card.at for card in cards if card.kind in ("agent", "bot", "marketing")]
    marked = []
    for card in cards:
        recent = sum(card.at - BURST_SPAN < at <= card.at for at in ours)
        is_ours = card.kind in ("agent", "bot", "marketing")
        marked.append(Seen(card, recent if is_ours and recent >= BURST else 0))
    return marked[::-1]
