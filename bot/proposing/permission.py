"""What bots do beside proposing: take it back, or ask before they write by themselves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import coordination, outbox, proposing
from bot.coordination import Cancel, Later
from bot.outbox import OutgoingMail, State
from bot.proposing import OF_BOTS, Wish
from bot.registry import OutsideBot
from bot.registry.proposals import Fate, Proposal
from bot.replies import Saying
from cases.case import Case, take
from cases.contact import meet, normalised
from cases.message import Message


class CannotWithdraw(Exception):
    """It left, or was decided, before."""


def may_write(session: Session, bot: OutsideBot, wish: Wish, key: str, at: datetime) -> Proposal:
    """Whether the bot may write by itself: yes, not before an instant, or no; kept as asked."""
    contact = meet(session, wish.address, name="", at=at)
    session.flush()
    case = proposing.newest_of(session, contact)
    # A case that is only imagined is never added to the session.
    about = case or Case(contact=contact, opened_at=at, last_at=at)
    saying = Saying(key, wish.address, OF_BOTS, OF_BOTS, "", "", purpose=wish.purpose)
    facts = proposing.facts_of(session, about, saying, at)
    verdict = coordination.judge(facts)
    proposal = proposing.kept(bot, wish, key, at, facts, verdict)
    proposal.asks, proposal.address = True, normalised(wish.address)
    proposal.case_id = case.id if case is not None else None
    if isinstance(verdict, Cancel):
        proposal.fate = Fate.SILENCE
    elif isinstance(verdict, Later):
        proposal.fate, proposal.not_before = Fate.NOT_BEFORE, verdict.until
    else:
        proposal.fate = Fate.PERMITTED
    session.add(proposal)
    session.flush()
    return proposal


def withdraw(session: Session, proposal: Proposal, at: datetime) -> None:
    """The bot does not want to say it any more. Raises CannotWithdraw."""
    if proposal.fate in (Fate.DRAFT, Fate.SHADOW):
        proposal.fate = Fate.WITHDRAWN
        return
    if proposal.outgoing_id is None or proposal.fate not in (Fate.QUEUED, Fate.MERGED):
        raise CannotWithdraw(proposal.fate)
    take(session, proposal.case_id or 0)
    mail = session.get_one(
        OutgoingMail, proposal.outgoing_id, with_for_update=True, populate_existing=True
    )
    if mail.state not in (State.PENDING, State.DEFERRED, State.CLAIMED):
        raise CannotWithdraw(mail.state)
    outbox.take_back(session, mail, "withdrawn by its bot", by=proposal.bot, at=at)
    proposal.fate, proposal.reason = Fate.WITHDRAWN, "withdrawn by its bot"


def match(session: Session, message: Message) -> Proposal | None:
    """The permission that a mail was sent on which a bot wrote by itself."""
    case = session.get_one(Case, message.case_id)
    addresses = [one.value for one in case.contact.identifiers]
    asked = session.scalars(
        select(Proposal)
        .where(Proposal.asks, Proposal.address.in_(addresses), Proposal.message_id.is_(None))
        .order_by(Proposal.id.desc())
        .limit(1)
    ).first()
    if asked is not None:
        asked.message_id, asked.case_id = message.id, case.id
    return asked
