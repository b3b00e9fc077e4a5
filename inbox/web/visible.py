"""Which cases, messages, contacts and failed mails an agent may see: every query starts here."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from cases import mention
from cases.agent import Agent, Role
from cases.case import Case, take
from cases.contact import Contact
from cases.db import transaction
from cases.mailbox import Mailbox
from cases.message import Message
from inbox.spool import RawMail
from inbox.web.access import Policy, may
from inbox.web.who import agent


def visible_to(somebody: Agent) -> ColumnElement[bool]:
    """The cases they may see: their team's mailboxes, those of no team, and what is given them."""
    if not may(somebody, Policy.CASES):
        return false()
    if not somebody.team or somebody.role is Role.ADMIN:
        return true()
    return or_(
        Case.mailbox_id.is_(None),
        Case.mailbox_id.in_(_mailboxes(somebody)),
        Case.assignee_id == somebody.id,
    )


def open_to(somebody: Agent) -> ColumnElement[bool]:
    """The cases they may open: those they see, and those in which somebody named them."""
    if not may(somebody, Policy.CASES):
        return false()
    return or_(visible_to(somebody), mention.of(somebody))


def mails_visible_to(somebody: Agent) -> ColumnElement[bool]:
    """The raw mails they may see: those of their team's mailboxes and of no team."""
    if not may(somebody, Policy.CASES):
        return false()
    if not somebody.team or somebody.role is Role.ADMIN:
        return true()
    return RawMail.mailbox_id.in_(_mailboxes(somebody))


def mailboxes_of(session: Session, somebody: Agent) -> list[Mailbox]:
    """The mailboxes they may begin a case in, by address: those whose cases they see."""
    wanted = select(Mailbox).order_by(Mailbox.address)
    if somebody.team and somebody.role is not Role.ADMIN:
        wanted = wanted.where(Mailbox.team.in_((somebody.team, "")))
    return list(session.scalars(wanted))


def _mailboxes(somebody: Agent) -> ColumnElement[int]:
    return select(Mailbox.id).where(Mailbox.team.in_((somebody.team, ""))).scalar_subquery()


_WITH_PEOPLE = (
    joinedload(Case.contact).joinedload(Contact.identifiers),
    joinedload(Case.mailbox),
)


def the_case(session: Session, case_id: int) -> Case:
    """The case, or an error page that says no more than that there is none."""
    query = select(Case).where(Case.id == case_id, open_to(agent()))
    found = session.scalars(query.options(*_WITH_PEOPLE)).unique().first()
    return found if found is not None else abort(404)


def the_message(session: Session, message_id: int) -> Message:
    """The message, if its case may be seen."""
    found = session.scalars(
        select(Message)
        .join(Case, Case.id == Message.case_id)
        .where(Message.id == message_id, open_to(agent()))
    ).first()
    return found if found is not None else abort(404)


def the_contact(session: Session, contact_id: int) -> Contact:
    """The contact, if at least one of their cases may be seen."""
    cases = select(Case.id).where(Case.contact_id == Contact.id, visible_to(agent())).exists()
    query = select(Contact).options(joinedload(Contact.identifiers))
    found = session.scalars(query.where(Contact.id == contact_id, cases)).unique().first()
    return found if found is not None else abort(404)


def the_raw_mail(session: Session, raw_id: int) -> RawMail:
    """The raw mail, if its mailbox may be seen."""
    found = session.scalars(
        select(RawMail).where(RawMail.id == raw_id, mails_visible_to(agent()))
    ).first()
    return found if found is not None else abort(404)


@contextmanager
def acting_on(case_id: int) -> Iterator[tuple[Session, Case]]:
    """A transaction with the case locked, as it is now, if it may be seen."""
    with transaction() as session:
        the_case(session, case_id)
        yield session, take(session, case_id)
