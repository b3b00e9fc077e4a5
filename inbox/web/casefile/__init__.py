"""All that a page shows of one case, gathered in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from bot.decided import Decided
from bot.outbox import OutgoingMail
from cases.agent import ASSIGNABLE, Agent
from cases.case import Case
from cases.contact import Contact
from cases.exclusions.rows import Exclusion
from cases.history import Event
from cases.incident import Incident, IncidentCase
from cases.mention import Mention
from cases.merging.linking import CaseLink
from cases.message import Message
from cases.unsent import Unsent, UnsentFile
from inbox.spool import RawMail, taking
from inbox.spool.taking import Rest
from inbox.web import chips, rows, words
from inbox.web.casefile import entries
from inbox.web.casefile.entries import Entry
from inbox.web.casefile.unfolding import Unfolded, unfolded
from inbox.web.chips import Chip
from inbox.web.visible import open_to, visible_to

SHOWN = 100
"""Cards of a conversation on one page; older ones are a page further."""
OTHERS = 12


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as it is opened: with what belongs to it and to the agent in one row each."""

    case: Case
    unsent: Unsent | None
    incidents: Sequence[Incident]
    is_named: bool
    """Somebody named the agent in a note that they have not seen."""
    newest: int
    """The number of the message that was added last; 0 while there is none."""

    @property
    def is_unseen(self) -> bool:
        """Nobody has looked at its news, or the agent not at their name."""
        return self.case.unread or self.is_named


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
    unfolded: Unfolded
    older: int | None
    newest: int
    holds: list[Exclusion]
    others: Sequence[Case]
    linked: Sequence[Case]
    incidents: Sequence[Incident]
    assignee: Agent | None
    unsent: Unsent | None
    is_unseen: bool


def opened(session: Session, agent: Agent, case_id: int) -> Opened | None:
    """The case, if the agent may open it, in one statement."""
    rows_found = session.execute(_case_query(agent, case_id)).unique().all()
    if not rows_found:
        return None
    case, unsent, _first, is_named, newest = rows_found[0]
    incidents = [row[2] for row in rows_found if row[2]]
    return Opened(case, unsent, incidents, bool(is_named), newest or 0)


def _case_query(agent: Agent, case_id: int) -> Select[Case, Unsent, Incident, bool, int]:
    mine = (Unsent.case_id == Case.id) & (Unsent.agent_id == agent.id)
    named = select(Mention.id).where(
        Mention.case_id == Case.id, Mention.agent_id == agent.id, Mention.seen_at.is_(None)
    )
    newest = select(func.max(Message.id)).where(Message.case_id == Case.id)
    part = (IncidentCase.case_id == Case.id) & IncidentCase.out_at.is_(None)
    return (
        select(Case, Unsent, Incident, named.exists(), newest.scalar_subquery())
        .outerjoin(Unsent, mine)
        .outerjoin(Unsent.files)
        .outerjoin(IncidentCase, part)
        .outerjoin(Incident, Incident.id == IncidentCase.incident_id)
        .options(
            joinedload(Case.contact).joinedload(Contact.identifiers),
            joinedload(Case.mailbox),
            joinedload(Case.assignee),
            contains_eager(Unsent.files).defer(UnsentFile.content),
        )
        .where(Case.id == case_id, open_to(agent))
        .order_by(Incident.id.desc(), UnsentFile.id)
    )


def gather(
    session: Session, agent: Agent, found: Opened, now: datetime, before: int = 0
) -> CaseFile:
    """The case with its conversation; `before` asks for the messages older than that one."""
    case = found.case
    cards, oldest, latest = _cards(session, case, before)
    contact_id = case.contact_id
    holds = [one for one in rows.holds_of(session, {contact_id})[contact_id] if one.holds_at(now)]
    linked, others = _others(session, agent, case)
    marks = (chips.snoozed(case), chips.urgent(case), chips.long_truce(holds))
    return CaseFile(
        case=case,
        subject=words.subject(case),
        who=rows.called(case.contact),
        state=words.state(case.state),
        deadline=chips.promised(case, now),
        kind=chips.kind(case),
        mood=chips.mood(case),
        more=[chip for chip in marks if chip],
        entries=cards,
        unfolded=unfolded(cards),
        older=oldest,
        newest=max(found.newest, latest),
        holds=holds,
        others=others,
        linked=linked,
        incidents=found.incidents,
        assignee=case.assignee,
        unsent=found.unsent,
        is_unseen=found.is_unseen,
    )


def assignable(session: Session) -> list[Agent]:
    """Everybody who can have a case."""
    query = select(Agent).where(Agent.active, Agent.role.in_(ASSIGNABLE))
    return list(session.scalars(query.order_by(Agent.name, Agent.id)))


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
    cards = {one[0].id: one for one in reversed(found)}
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
) -> list[tuple[Message, OutgoingMail | None, Decided | None, Rest | None]]:
    """The newest messages: what became of them, what was decided, what of them is not here yet."""
    # By the message alone: what was sent before a merge stays with the case that it was sent in.
    query = (
        select(Message, OutgoingMail, Decided, RawMail.rest_wanted, RawMail.uid)
        .select_from(Message)
        .outerjoin(OutgoingMail, OutgoingMail.message_id == Message.id)
        .outerjoin(Decided, Decided.message_id == Message.id)
        .outerjoin(RawMail, (RawMail.id == Message.raw_id) & RawMail.partial)
        .options(defer(OutgoingMail.content))
        # What was taken back was never said: an event tells that it was, and the box has its text.
        .where(Message.case_id == case.id, Message.withdrawn_at.is_(None))
    )
    if before:
        query = query.where(Message.id < before)
    found = session.execute(query.order_by(Message.id.desc()).limit(SHOWN))
    return [(row[0], row[1], row[2], taking.rest(row[3], row[4])) for row in found]


def _others(session: Session, agent: Agent, case: Case) -> tuple[Sequence[Case], Sequence[Case]]:
    """The cases that belong to it, and the newest others of the same person."""
    links = (
        select(CaseLink.other_id).where(CaseLink.case_id == case.id),
        select(CaseLink.case_id).where(CaseLink.other_id == case.id),
    )
    is_linked = Case.id.in_(union_all(*links))
    theirs = select(Case.id).where(Case.contact_id == case.contact_id, visible_to(agent))
    newest = theirs.order_by(Case.last_at.desc(), Case.id.desc()).limit(OTHERS + 1).subquery()
    # Gathered first: an OR of both would look at all cases there are.
    either = union_all(select(newest.c.id), *links)
    found = session.execute(
        select(Case, is_linked)
        .where(Case.id.in_(either), Case.id != case.id, visible_to(agent))
        .order_by(is_linked.desc(), Case.last_at.desc(), Case.id.desc())
        .limit(OTHERS)
    ).all()
    linked = [row[0] for row in found if row[1]]
    return linked, [row[0] for row in found if not row[1]][:6]
