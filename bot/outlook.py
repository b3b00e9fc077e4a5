"""What will be said next in a case, what was left unsaid and why, and who has the word."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Subquery, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from bot.outbox import Decided, OutgoingMail, State
from bot.proposals import Fate, Proposal
from bot.voice import Voice
from cases.case import Case
from cases.mail import Origin
from cases.message import Direction, Message

MOST, FEW = 20, 5
ONLY_DELAYS = ("writing", "turn", "limit-domain", "quiet-hours", "breaker")
"""Decisions after which a mail only waits: its line says so, so they are no silences."""


class Stage(StrEnum):
    """What has to happen before it leaves."""

    TIME = "time"
    """Nothing: it leaves by itself."""
    PERSON = "person"
    """An agent has to send it."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that may be said."""

    stage: Stage
    id: int
    at: datetime
    """When it leaves, or when it was proposed."""
    template: str
    bot: str
    rule: str
    reason: str
    subject: str
    text: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Unsaid:
    """One thing that was decided not to be said."""

    at: datetime
    rule: str
    reason: str
    version: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """A case as its bots see it."""

    coming: list[Coming] = field(default_factory=list)
    unsaid: list[Unsaid] = field(default_factory=list)
    with_people: bool = False
    taken_by: str = ""
    """Who took the case over, if somebody said so."""


def of(session: Session, case_id: int) -> Outlook:
    """What comes next in that case, in two statements."""
    coming = [Coming(Stage(row[0]), *row[1:]) for row in session.execute(_coming(case_id))]
    word, answered, unsaid = _past(session, case_id)
    people = word.is_with_people(answered) if word is not None else answered is not None
    taken_by = word.handed_over_by if word is not None and word.handed_over_at else ""
    return Outlook(coming, unsaid, people, taken_by if people else "")


def _coming(case_id: int) -> Select[Any]:
    """Mails that wait for their time, and drafts that wait for a person, the next one first."""
    mails = (
        select(
            literal(Stage.TIME.value).label("stage"),
            *(OutgoingMail.id, OutgoingMail.due_at.label("at"), OutgoingMail.template),
            *(OutgoingMail.bot, OutgoingMail.rule, OutgoingMail.reason),
            func.coalesce(Message.subject, "").label("subject"),
            func.coalesce(Message.text, "").label("text"),
            OutgoingMail.urgent,
        )
        .outerjoin(Message, Message.id == OutgoingMail.message_id)
        .where(
            OutgoingMail.case_id == case_id,
            OutgoingMail.automatic,
            OutgoingMail.state.in_((State.PENDING, State.DEFERRED)),
        )
    )
    drafts = select(
        literal(Stage.PERSON.value),
        *(Proposal.id, Proposal.at, Proposal.template, Proposal.bot, Proposal.rule),
        *(Proposal.reason, Proposal.subject, Proposal.text, literal(False)),
    ).where(Proposal.case_id == case_id, Proposal.fate == Fate.DRAFT)
    both = union_all(mails, drafts).subquery()
    return select(*both.c).order_by(both.c.at, both.c.id).limit(MOST)


def _past(session: Session, case_id: int) -> tuple[Voice | None, datetime | None, list[Unsaid]]:
    """Who has the word, when a person last answered, and the last silences."""
    answered = (
        select(func.max(Message.arrived_at))
        .where(
            Message.case_id == case_id,
            Message.direction == Direction.OUT,
            Message.origin == Origin.AGENT,
            Message.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    unsaid = _unsaid(case_id)
    rows = session.execute(
        select(Voice, answered, *unsaid.c)
        .select_from(Case)
        .outerjoin(Voice, Voice.case_id == Case.id)
        .outerjoin(unsaid, true())
        .where(Case.id == case_id)
        .order_by(unsaid.c.at.desc())
    ).all()
    said = [Unsaid(*row[2:]) for row in rows if row[2] is not None]
    return (rows[0][0], rows[0][1], said) if rows else (None, None, [])


def _unsaid(case_id: int) -> Subquery:
    decided = select(Decided.at.label("at"), Decided.rule, Decided.reason, Decided.version).where(
        Decided.case_id == case_id, ~Decided.reply, Decided.rule.not_in(ONLY_DELAYS)
    )
    proposed = select(Proposal.at, Proposal.rule, Proposal.reason, Proposal.version).where(
        Proposal.case_id == case_id,
        Proposal.fate.in_((Fate.SILENCE, Fate.SHADOW)),
        ~Proposal.asks,
    )
    both = union_all(decided, proposed).subquery()
    return select(*both.c).order_by(both.c.at.desc()).limit(FEW).subquery()
