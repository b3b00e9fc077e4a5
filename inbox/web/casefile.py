"""All that a page shows of one case, gathered in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bot.outbox import Decided, OutgoingMail
from cases.agent import Agent, Role
from cases.case import Case
from cases.contact import Contact
from cases.exclusions.rows import Exclusion
from cases.history import Event
from cases.message import Message
from inbox.web import chips, entries, rows, words
from inbox.web.chips import Chip
from inbox.web.entries import Entry
from inbox.web.visible import visible_to

SHOWN = 100
"""Cards of a conversation on one page; older ones are a page further."""
FOLDED_FROM, OPEN_AT_THE_END = 8, 3


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case as its page shows it."""

    case: Case
    subject: str
    who: str
    state: str
    deadline: Chip | None
    kind: Chip | None
    mood: Chip | None
    more: list[Chip]
    entries: list[Entry]
    open_from: int
    """Cards before that one begin folded."""
    older: int | None
    newest: int
    holds: list[Exclusion]
    others: Sequence[Case]
    agents: list[Agent]
    assignee: Agent | None


def gather(session: Session, agent: Agent, case: Case, now: datetime, before: int = 0) -> CaseFile:
    """The case with its conversation; `before` asks for the messages older than that one."""
    contact = (
        session.scalars(
            select(Contact)
            .options(joinedload(Contact.identifiers))
            .where(Contact.id == case.contact_id)
        )
        .unique()
        .one()
    )
    messages = _messages(session, case, before)
    cards = _cards(session, case, messages)
    agents = _agents(session)
    holds = [one for one in rows.holds_of(session, {contact.id})[contact.id] if one.holds_at(now)]
    return CaseFile(
        case=case,
        subject=words.subject(case),
        who=rows.called(contact),
        state=words.state(case.state),
        deadline=chips.deadline(case, now),
        kind=chips.kind(case),
        mood=chips.mood(case),
        more=[chip for chip in (chips.urgent(case), chips.truce(holds, now)) if chip],
        entries=cards,
        open_from=len(cards) - OPEN_AT_THE_END if len(cards) > FOLDED_FROM else 0,
        older=messages[0].id if len(messages) == SHOWN else None,
        newest=newest(session, case.id),
        holds=holds,
        others=_others(session, agent, case),
        agents=[one for one in agents if one.active and one.role in ASSIGNABLE],
        assignee=next((one for one in agents if one.id == case.assignee_id), None),
    )


ASSIGNABLE = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})


def newest(session: Session, case_id: int) -> int:
    """The id of the message that was added last; 0 while there is none."""
    return session.scalar(select(func.max(Message.id)).where(Message.case_id == case_id)) or 0


def since(session: Session, case_id: int, seen: int) -> Sequence[Message]:
    """The messages that were added after that one."""
    return session.scalars(
        select(Message)
        .where(Message.case_id == case_id, Message.id > seen)
        .order_by(Message.id)
        .limit(50)
    ).all()


def _messages(session: Session, case: Case, before: int) -> list[Message]:
    query = select(Message).where(Message.case_id == case.id)
    if before:
        query = query.where(Message.id < before)
    found = session.scalars(query.order_by(Message.id.desc()).limit(SHOWN)).all()
    return list(reversed(found))


def _cards(session: Session, case: Case, messages: list[Message]) -> list[Entry]:
    sent = session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.case_id == case.id)
        .order_by(OutgoingMail.id.desc())
        .limit(SHOWN)
    ).all()
    decided = {
        one.message_id: one
        for one in session.scalars(
            select(Decided).where(Decided.message_id.in_([message.id for message in messages]))
        )
    }
    events = session.scalars(
        select(Event).where(Event.case_id == case.id).order_by(Event.id.desc()).limit(2 * SHOWN)
    )
    by_message = {mail.message_id: mail for mail in sent if not mail.automatic}
    return entries.grouped(
        [
            *(
                entries.of_message(one, by_message.get(one.id), decided.get(one.id))
                for one in messages
            ),
            *(entries.of_automatic(mail) for mail in sent if mail.automatic),
            *entries.of_events(reversed(list(events))),
        ]
    )


def _agents(session: Session) -> Sequence[Agent]:
    return session.scalars(select(Agent).order_by(Agent.name, Agent.id)).all()


def _others(session: Session, agent: Agent, case: Case) -> Sequence[Case]:
    """The newest other cases of the same person."""
    return session.scalars(
        select(Case)
        .where(Case.contact_id == case.contact_id, Case.id != case.id, visible_to(agent))
        .order_by(Case.last_at.desc(), Case.id.desc())
        .limit(6)
    ).all()
