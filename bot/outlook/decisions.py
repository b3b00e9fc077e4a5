"""All that was decided to be said or left unsaid in a case, with reason, version and inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from bot.decided import Decided
from bot.registry.proposals import Fate, Proposal
from cases.message import Message

SPEAKING = frozenset({Fate.QUEUED, Fate.MERGED, Fate.SENT, Fate.EDITED, Fate.PERMITTED})


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, and the mail it is about."""

    at: datetime
    speaks: bool
    rule: str
    reason: str
    version: str
    inputs: Mapping[str, Any]
    subject: str
    bot: str
    """Who asked; "" where nobody did."""
    draft: bool
    """A person decides whether it is said."""


def of_case(session: Session, case_id: int, most: int) -> Sequence[Decision]:
    """The newest decisions of that case, the last first; what outside bots asked for too."""
    decided = (
        select(
            *(Decided.at, Decided.id, Decided.reply, Decided.rule, Decided.reason),
            *(Decided.version, Decided.inputs, Message.subject, literal("").label("bot")),
            literal(False).label("draft"),
        )
        .join(Message, Message.id == Decided.message_id)
        .where(Decided.case_id == case_id)
        .order_by(Decided.id.desc())
        .limit(most)
        .subquery()
    )
    proposed = (
        select(
            *(Proposal.at, Proposal.id, Proposal.fate.in_(SPEAKING), Proposal.rule),
            *(Proposal.reason, Proposal.version, Proposal.inputs, Proposal.subject, Proposal.bot),
            Proposal.fate == Fate.DRAFT,
        )
        .where(Proposal.case_id == case_id)
        .order_by(Proposal.id.desc())
        .limit(most)
        .subquery()
    )
    both = union_all(select(*decided.c), select(*proposed.c)).subquery()
    at, number, *rest = both.c
    rows = session.execute(select(at, *rest).order_by(at.desc(), number.desc()).limit(most))
    return [Decision(*row) for row in rows]
