"""All that a page shows of one case, gathered in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from bot.outbox import Decided, OutgoingMail
from cases.agent import Agent, Role
from cases.case import Case
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
    cards, oldest, latest = _cards(session, case, before)
    agents = _agents(session)
    contact_id = case.contact_id
    holds = [one for one in rows.holds_of(session, {contact_id})[contact_id] if one.holds_at(now)]
    return CaseFile(
        case=case,
        subject=words.subject(case),
        who=rows.called(case.contact),
        state=words.state(case.state),
        deadline=chips.deadline(case, now),
        kind=chips.kind(case),
        mood=chips.mood(case),
        more=[chip for chip in (chips.urgent(case), chips.long_truce(holds)) if chip],
        entries=cards,
        open_from=len(cards) - OPEN_AT_THE_END if len(cards) > FOLDED_FROM else 0,
        older=oldest,
        newest=newest(session, case.id) if before else latest,
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


def _cards(session: Session, case: Case, before: int) -> tuple[list[Entry], int | None, int]:
    """The cards of a page, the oldest message if there are older ones, and the newest."""
    found = _messages(session, case, before)
    events = session.scalars(
        select(Event).where(Event.case_id == case.id).order_by(Event.id.desc()).limit(2 * SHOWN)
    ).all()
    cards = {message.id: (message, sent, decided) for message, sent, decided in reversed(found)}
    shown = entries.grouped(
        [
            *(entries.of_message(*one) for one in cards.values()),
            *entries.of_events(reversed(events)),
        ]
    )
    older = min(cards) if len(found) == SHOWN else None
    return shown, older, max(cards, default=0)


def _messages(
    session: Session, case: Case, before: int
) -> list[tuple[Message, OutgoingMail | None, Decided | None]]:
    """The newest messages, with what became of them and what was decided about them."""
    mail = (OutgoingMail.case_id == Message.case_id) & (OutgoingMail.message_id == Message.id)
    query = (
        select(Message, OutgoingMail, Decided)
        .outerjoin(OutgoingMail, mail)
        .outerjoin(Decided, Decided.message_id == Message.id)
        .options(defer(OutgoingMail.content))
        .where(Message.case_id == case.id)
    )
    if before:
        query = query.where(Message.id < before)
    found = session.execute(query.order_by(Message.id.desc()).limit(SHOWN))
    return [(row[0], row[1], row[2]) for row in found]


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
