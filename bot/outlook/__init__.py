"""What will be said next in a case, what was left unsaid and why, and who has the word."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Subquery, false, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from bot.decided import Decided
from bot.outbox import OutgoingMail, State
from bot.registry.proposals import Fate, Proposal
from bot.voice import Voice
from cases.case import Case
from cases.mail import Origin
from cases.message import Direction, Message

MOST, FEW = 20, 5
ONLY_DELAYS = ("writing", "turn", "limit-domain", "quiet-hours", "breaker")
"""Decisions after which a mail only waits: its line says so, so they are no silences."""

_UNSAID = "unsaid"


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
    """What comes next in that case, in one statement."""
    rows = session.execute(_all(case_id)).all()
    if not rows:
        return Outlook()
    word, answered = rows[0][:2]
    people = word.is_with_people(answered) if word is not None else answered is not None
    taken_by = word.handed_over_by if word is not None and word.handed_over_at else ""
    lines = sorted((Coming(*row[2:]) for row in rows if row[2]), key=lambda one: (one.at, one.id))
    coming = [replace(one, stage=Stage(one.stage)) for one in lines if one.stage != _UNSAID]
    unsaid = [
        Unsaid(one.at, one.rule, one.reason, one.template)
        for one in reversed(lines)
        if one.stage == _UNSAID
    ]
    return Outlook(coming, unsaid, people, taken_by if people else "")


def _all(case_id: int) -> Select[Any]:
    """Who has the word and when a person last answered, beside all that is and is not said."""
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
    parts = (_coming(case_id), _unsaid(case_id))
    lines = union_all(*(select(*part.c) for part in parts)).subquery()
    return (
        select(Voice, answered, *lines.c)
        .select_from(Case)
        .outerjoin(Voice, Voice.case_id == Case.id)
        .outerjoin(lines, true())
        .where(Case.id == case_id)
    )


def _coming(case_id: int) -> Subquery:
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
    return select(*both.c).order_by(both.c.at, both.c.id).limit(MOST).subquery()


def _unsaid(case_id: int) -> Subquery:
    """The last silences, in the shape of what is said: in place of a template their version."""
    decided = select(
        literal(_UNSAID).label("stage"),
        *(literal(0).label("id"), Decided.at.label("at"), Decided.version.label("template")),
        *(literal("").label("bot"), Decided.rule, Decided.reason, literal("").label("subject")),
        *(literal("").label("text"), false().label("urgent")),
    ).where(Decided.case_id == case_id, ~Decided.reply, Decided.rule.not_in(ONLY_DELAYS))
    proposed = select(
        *(literal(_UNSAID), literal(0), Proposal.at, Proposal.version, literal("")),
        *(Proposal.rule, Proposal.reason, literal(""), literal(""), false()),
    ).where(
        Proposal.case_id == case_id,
        Proposal.fate.in_((Fate.SILENCE, Fate.SHADOW)),
        ~Proposal.asks,
    )
    both = union_all(decided, proposed).subquery()
    return select(*both.c).order_by(both.c.at.desc()).limit(FEW).subquery()
