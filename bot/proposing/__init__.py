"""An outside bot wants to speak: which case it is about, and whether and when it may.

find the case | gather facts | judge | queue, or keep the reason of the silence
"""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from bot import answers, coordination, decided, replies
from bot.coordination import Cancel, Facts, Later, Verdict
from bot.kinds import Mode
from bot.outbox import OutgoingMail, Purpose, State
from bot.registry import OutsideBot
from bot.registry.proposals import Fate, Proposal
from bot.replies import Saying
from bot.voice import circumstances
from bot.wording.merging import Parts
from cases.case import Case, Part, Participant, take
from cases.case import State as CaseState
from cases.contact import Contact, meet, normalised
from cases.mailbox import Mailbox

OF_BOTS = "bot"
"""The template that mails of outside bots count as, where they name none."""


class NoSuchCase(Exception):
    """There is no case of that number, or none that can be answered."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a bot wants to say, and to whom."""

    case_id: int | None = None
    address: str = ""
    template: str = ""
    subject: str = ""
    text: str = ""
    parts: Parts = field(default_factory=Parts)
    purpose: Purpose = Purpose.SERVICE
    urgent: bool = False
    expires_at: datetime | None = None
    not_before: datetime | None = None

    def digest(self) -> str:
        """Tells whether the same key came with another wish."""
        said = decided.as_json(asdict(self))
        return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()


def propose(session: Session, bot: OutsideBot, wish: Wish, key: str, at: datetime) -> Proposal:
    """Decide about a wish and keep the decision. Raises NoSuchCase, replies.CannotSay."""
    case = _case_of(session, wish, at)
    saying = _saying(session, case, bot, wish, key)
    facts = facts_of(session, case, saying, at)
    verdict = coordination.judge(facts)
    proposal = kept(bot, wish, key, at, facts, verdict)
    proposal.case_id, proposal.address = case.id, normalised(saying.recipient)
    proposal.subject, proposal.text = saying.subject, saying.text
    if isinstance(verdict, Cancel) or bot.mode is Mode.OFF:
        proposal.fate = Fate.SILENCE
        if bot.mode is Mode.OFF:
            proposal.rule, proposal.reason = "switched-off", "this bot is switched off"
    elif bot.mode is not Mode.SEND:
        proposal.fate = Fate.DRAFT if bot.mode is Mode.DRAFT else Fate.SHADOW
    else:
        _queue(session, case, saying, proposal, verdict, at)
    session.add(proposal)
    session.flush()
    return proposal


def _queue(
    session: Session, case: Case, saying: Saying, proposal: Proposal, verdict: Verdict, at: datetime
) -> None:
    mail = replies.say(session, case, saying, at=at)
    if isinstance(verdict, Later):
        mail.due_at, mail.reason = max(mail.due_at, verdict.until), verdict.reason
    session.flush()
    proposal.outgoing_id, proposal.not_before = mail.id, mail.due_at
    proposal.fate = Fate.MERGED if _has_company(session, mail) else Fate.QUEUED
    if proposal.fate is Fate.MERGED:
        proposal.rule, proposal.reason = "merge", "it will be said together with other news"


def _has_company(session: Session, mail: OutgoingMail) -> bool:
    """Whether other mails wait for the same person."""
    others = select(OutgoingMail.id).where(
        OutgoingMail.recipient == mail.recipient,
        OutgoingMail.id != mail.id,
        OutgoingMail.automatic,
        ~OutgoingMail.urgent,
        OutgoingMail.purpose == mail.purpose,
        OutgoingMail.state == State.PENDING,
    )
    return not mail.urgent and session.scalars(others.limit(1)).first() is not None


def kept(
    bot: OutsideBot, wish: Wish, key: str, at: datetime, facts: Facts, verdict: Verdict
) -> Proposal:
    """The decision as it is kept."""
    inputs: dict[str, Any] = decided.as_json(asdict(facts))
    return Proposal(
        bot=bot.name,
        key=key,
        digest=wish.digest(),
        template=wish.template,
        purpose=wish.purpose,
        expires_at=wish.expires_at,
        fate=Fate.QUEUED,
        rule=verdict.rule,
        reason=verdict.reason,
        version=coordination.VERSION,
        inputs=inputs,
        at=at,
    )


def facts_of(session: Session, case: Case, saying: Saying, at: datetime) -> Facts:
    """What is so, as if the mail were about to leave."""
    last = answers.newest_message(session, case) if case.id is not None else None
    imagined = OutgoingMail(
        case=case,
        case_id=case.id or 0,
        message_id=last.id if last is not None else None,
        template=saying.template,
        rule=saying.rule,
        bot=saying.bot,
        purpose=saying.purpose,
        urgent=saying.urgent,
        likeness=replies.likeness(saying),
        recipient=normalised(saying.recipient),
        domain=normalised(saying.recipient).rpartition("@")[2],
        queued_at=at,
        expires_at=saying.expires_at,
    )
    return circumstances.imagine(session, imagined, at)


def _saying(session: Session, case: Case, bot: OutsideBot, wish: Wish, key: str) -> Saying:
    subject, text, pieces = _words(session, case, wish)
    try:
        recipient = answers.recipient(session, case)
    except answers.NobodyToAnswer as wrong:
        raise NoSuchCase(str(wrong)) from wrong
    last = answers.newest_message(session, case)
    return Saying(
        key=f"bot:{bot.id}:{hashlib.sha256(key.encode()).hexdigest()[:40]}",
        recipient=recipient,
        template=wish.template or OF_BOTS,
        rule=OF_BOTS,
        subject=subject,
        text=text,
        parts=pieces,
        bot=bot.name,
        purpose=wish.purpose,
        urgent=wish.urgent,
        not_before=wish.not_before,
        expires_at=wish.expires_at,
        answers=last.rfc_id if last is not None else "",
    )


def _words(session: Session, case: Case, wish: Wish) -> tuple[str, str, Parts]:
    if wish.template:
        written = replies.write(session, case, wish.template, {})
        return written.subject, written.text, written.parts
    subject, framed = replies.letter(session, case, wish.parts)
    if wish.text:
        return wish.subject or subject, wish.text, Parts(facts=wish.text)
    return wish.subject or subject, framed, wish.parts


def _case_of(session: Session, wish: Wish, at: datetime) -> Case:
    """The case it is about, locked: the one that is named, or the address's newest."""
    if wish.case_id is not None:
        try:
            return take(session, wish.case_id)
        except NoResultFound as wrong:
            raise NoSuchCase(f"there is no case {wish.case_id}") from wrong
    contact = meet(session, wish.address, name="", at=at)
    session.flush()
    found = newest_of(session, contact)
    return take(session, found.id) if found is not None else _begun(session, contact, wish, at)


def newest_of(session: Session, contact: Contact) -> Case | None:
    """Their newest open case; if all are closed, the newest of all."""
    mine = select(Case).where(Case.contact_id == contact.id, Case.merged_into_id.is_(None))
    newest_first = mine.order_by((Case.state == CaseState.CLOSED), Case.last_at.desc(), Case.id)
    return session.scalars(newest_first.limit(1)).first()


def _begun(session: Session, contact: Contact, wish: Wish, at: datetime) -> Case:
    """A case for news that nobody asked for: closed, so that it holds nothing back."""
    box = session.scalars(select(Mailbox).order_by(Mailbox.id).limit(1)).first()
    case = Case(
        subject=wish.subject,
        contact=contact,
        mailbox=box,
        state=CaseState.CLOSED,
        closed_at=at,
        bulk=True,
        language=contact.language or (box.language if box is not None else ""),
        unread=False,
        opened_at=at,
        last_at=at,
    )
    session.add(case)
    address = normalised(wish.address)
    session.add(Participant(case=case, address=address, part=Part.CUSTOMER))
    session.flush()
    return case
