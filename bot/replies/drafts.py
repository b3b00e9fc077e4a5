"""What a bot proposed and waits for a person: sent as it is, sent in other words, or dropped."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Answer
from bot.decided import Why
from bot.registry import proposals
from bot.registry.proposals import Fate, Proposal
from bot.replies import Saying
from cases.agent import Agent
from cases.case import Case
from cases.contact import normalised
from cases.message import Message


class NoDraft(Exception):
    """Somebody sent or dropped the draft before, or its bot took it back."""


def propose(
    session: Session, case: Case, written: Saying, key: str, why: Why, *, at: datetime
) -> None:
    """Let the agents decide whether that is said. Raises answers.NobodyToAnswer."""
    session.add(
        Proposal(
            bot=why.rule,
            key=key[:200],
            case_id=case.id,
            address=normalised(answers.recipient(session, case)),
            template=written.template,
            subject=written.subject,
            text=written.text,
            fate=Fate.DRAFT,
            rule=why.rule,
            reason=why.reason,
            version=why.version,
            at=at,
        )
    )


def find(session: Session, case: Case, proposal_id: int) -> Proposal:
    """The draft of that case, which must be locked. Raises NoDraft."""
    found = session.get(Proposal, proposal_id, populate_existing=True)
    if found is None or found.case_id != case.id or found.fate is not Fate.DRAFT:
        raise NoDraft(f"{proposal_id} is no draft of case {case.id}")
    return found


def send(
    session: Session, case: Case, proposal: Proposal, agent: Agent, text: str, *, at: datetime
) -> Message:
    """The agent sends it as an answer of their own; its bot learns whether the words changed.

    Raises answers.NobodyToAnswer.
    """
    message = answers.send(session, case, agent, Answer(text), at=at)
    session.flush()
    proposals.used(proposal, text, message.id)
    return message


def drop(proposal: Proposal, *, by: str) -> None:
    """The agent does not want it said."""
    proposals.dropped(proposal, f"{by} dropped the draft")
