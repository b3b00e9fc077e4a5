"""A mail was classified: rules and suggestions look at it, with all that is known now."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import acting, decided, policy, situation
from bot.articles import suggesting
from bot.decided import Decided
from bot.outbox import OutgoingMail, State
from bot.policy import Situation
from bot.rules import Rule, rulebook, that_fit
from bot.situation import Sent
from cases.case import Case
from cases.mail import Origin, Trust
from cases.message import Direction, Message

DAY = timedelta(days=1)
WORSE = 0.2
_KNOWN = {one.name for one in fields(Situation)}


def consider(session: Session, case: Case, now: datetime, about: int | None = None) -> None:
    """Let rules and suggestions act on the customer's newest mail; the case must be locked.

    `about`: only if it is that one, since whatever came later is classified by itself.
    """
    message = _newest(session, case)
    if message is None or about not in (None, message.id):
        return
    decided = _filed(session, message)
    if decided is None:
        return
    sent = situation.sent_of_late(session, [message.sender], now)
    seen = _complete(session, _as_filed(decided), message, sent, now)
    rules = sent.rules
    for rule in that_fit(seen, rules):
        acting.act(session, case, message, rule, seen, at=now)
    own = policy.speaking_rule(seen, rules)
    if own is None or not own.speaks:
        suggesting.suggest(session, case, message, seen, sent.switches, at=now)
    elif own.needs_labels:
        _speak(session, message, own, seen, now)


def _newest(session: Session, case: Case) -> Message | None:
    newest = session.scalars(
        select(Message)
        .where(
            Message.case_id == case.id,
            Message.direction == Direction.IN,
            Message.origin == Origin.CUSTOMER,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    return newest if newest is not None and newest.tagged_at is not None else None


def _filed(session: Session, message: Message) -> Decided | None:
    """The decision when the mail was filed: it alone knows what the mail's headers said."""
    decisions = select(Decided).where(Decided.message_id == message.id).order_by(Decided.id)
    return next((one for one in session.scalars(decisions) if "origin" in one.inputs), None)


def _as_filed(decided: Decided) -> Situation:
    kept: dict[str, Any] = {key: one for key, one in decided.inputs.items() if key in _KNOWN}
    return Situation(
        **kept
        | {
            "origin": Origin(kept["origin"]),
            "trust": Trust(kept["trust"]),
            "age": timedelta(seconds=float(kept["age"])),
            "tags": tuple(kept.get("tags", ())),
        }
    )


def _complete(
    session: Session, filed: Situation, message: Message, sent: Sent, now: datetime
) -> Situation:
    """The situation with the labels, and with what has been said meanwhile."""
    case, labels = message.case, message.labels
    return replace(
        filed,
        tagged=True,
        age=now - message.arrived_at,
        type=case.type or str(labels.get("type", "")),
        confidence=float(labels.get("p", 0.0)),
        sentiment=str(labels.get("sentiment", "")),
        course=_course(session, message),
        language=message.language or filed.language,
        tier=case.contact.tier,
        contacts=_contacts(session, case),
        sla="none" if case.due_at is None else "late" if case.due_at < now else "running",
        tags=tuple(case.labels.get("tags", ())),
        bots_spoke=_bots_spoke(session, case, now),
        sent_to_address=sent.to_address[filed.sender],
        sent_to_domain=sent.to_domain[situation.domain_of(filed.sender)],
    )


def _course(session: Session, message: Message) -> str:
    """How the mood went since the customer's mail before in the case."""
    before = session.scalars(
        select(Message)
        .where(
            Message.case_id == message.case_id,
            Message.id < message.id,
            Message.origin == Origin.CUSTOMER,
            Message.tagged_at.is_not(None),
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    if before is None:
        return ""
    change = float(message.labels.get("anger", 0)) - float(before.labels.get("anger", 0))
    if abs(change) < WORSE:
        return "same"
    return "worse" if change > 0 else "better"


def _contacts(session: Session, case: Case) -> int:
    mine = (Message.case_id == case.id) & (Message.origin == Origin.CUSTOMER)
    return session.scalar(select(func.count()).where(mine)) or 0


def _bots_spoke(session: Session, case: Case, now: datetime) -> bool:
    spoke = select(OutgoingMail.id).where(
        OutgoingMail.case_id == case.id,
        OutgoingMail.automatic,
        OutgoingMail.queued_at > now - DAY,
        OutgoingMail.state != State.CANCELLED,
    )
    return session.scalars(spoke.limit(1)).first() is not None


def _speak(session: Session, message: Message, rule: Rule, seen: Situation, now: datetime) -> None:
    decision = policy.decision_of(rule)
    if isinstance(decision, policy.Reply):
        decision = acting.answer(session, message, rule, decision, at=now)
    decided.note(session, message, seen, decision, at=now)


def has_work(session: Session) -> bool:
    """Whether any rule or suggestion could have something to say."""
    return bool(rulebook.live(session)) or suggesting.is_possible(session)
