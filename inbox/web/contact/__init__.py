"""A customer's page: everything they saw from us and we from them, in one column."""

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.case import Case
from cases.contact import Contact
from cases.db import reading
from cases.language import gettext as _
from cases.satisfaction import Satisfaction
from inbox.web import chips, notices, rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.console.names import tenths
from inbox.web.contact import burden, seen, wishes
from inbox.web.contact.seen import Source
from inbox.web.fragments import show
from inbox.web.listed import lines, with_people
from inbox.web.rows import Row
from inbox.web.visible import the_contact, visible_to
from inbox.web.who import agent

pages = Pages("contact", __name__)


@pages.get("/contacts/<int:contact_id>")
@allow(Policy.CASES)
def page(contact_id: int) -> Response:
    """One customer. With `as=customer`, only what they could see; `from` names whose mails."""
    as_customer = request.args.get("as") == "customer"
    asked = request.args.getlist("from")
    sources = [one for one in Source if one.value in asked]
    now = clock.now()
    with reading() as session:
        contact = the_contact(session, contact_id)
        holds = [h for h in rows.holds_of(session, {contact_id})[contact_id] if h.holds_at(now)]
        column = seen.column(session, contact, now, as_customer=as_customer, sources=sources)
        return show(
            session,
            "contact/page.html",
            title=rows.called(contact),
            contact=contact,
            who=rows.called(contact),
            cases=_cases(session, contact),
            judged=_judged(session, contact),
            holds=holds,
            wishes=wishes.of(session, contact.id, holds),
            burden=burden.of(session, contact, now),
            tenths=tenths,
            truce=chips.long_truce(holds),
            as_customer=as_customer,
            sources=sources,
            source_names=source_names(),
            timeline=column,
            notice=notices.from_address(),
        )


def source_names() -> dict[Source, str]:
    return {
        Source.CUSTOMER: _("Customer"),
        Source.AGENT: _("Agents"),
        Source.BOT: _("Bots"),
        Source.MARKETING: _("Marketing"),
        Source.ELSEWHERE: _("Other mailboxes"),
    }


def _judged(session: Session, contact: Contact) -> list[Satisfaction]:
    """What they said of cases that the agent may see."""
    theirs = select(Satisfaction).join(Case, Case.id == Satisfaction.case_id)
    mine = theirs.where(Satisfaction.contact_id == contact.id, visible_to(agent()))
    return list(session.scalars(mine.order_by(Satisfaction.said_at.desc()).limit(5)))


def _cases(session: Session, contact: Contact) -> list[Row]:
    now = clock.now()
    query = with_people(now).where(Case.contact_id == contact.id, visible_to(agent()))
    newest = query.order_by(Case.last_at.desc(), Case.id.desc()).limit(30)
    return rows.rows(lines(session, newest), now)
