"""What an admin's rule does: set fields, assign, tag, note, escalate; draft or send an answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers, decided, policy, replies
from bot.acting import field_setting
from bot.decided import Why
from bot.kinds import Mode
from bot.policy import Decision, Reply, Silence, Situation
from bot.registry.proposals import known
from bot.replies import drafts
from bot.rules import Rule, case_fields
from cases.agent import Agent
from cases.case import Case
from cases.history import What
from cases.mail import Origin
from cases.message import Direction, Message
from cases.tag import MOST as MOST_TAGS
from cases.tag import case_tags, joined

URGENT = case_fields.URGENCIES["urgent"]


def act(
    session: Session, case: Case, message: Message, rule: Rule, seen: Situation, *, at: datetime
) -> None:
    """Do what the rule says beside answering; a rule that only tries does nothing but is kept."""
    if rule.mode is Mode.SHADOW:
        why = Why(False, rule.label, f"only tried, not done: {_said(rule)}")
        decided.keep(session, message, why, seen, at=at)
        return
    field_setting.put(case, rule.set, by=rule.label, at=at)
    if rule.assign:
        _assign(session, case, rule, at)
    if rule.tag:
        tags = joined(case_tags.of(case), rule.tag)[:MOST_TAGS]
        case_tags.put(session, case, tags, by=rule.label, at=at)
    if rule.note:
        write_note(session, case, rule.note, by=rule.label, at=at)
    if rule.escalate and case.urgency < URGENT:
        case.urgency, case.needs_review = URGENT, True
        case.happened(What.NOTED, by=rule.label, at=at, escalated=True)
    if rule.reply and rule.mode is Mode.DRAFT and policy.silenced(seen) is None:
        _draft(session, case, message, rule, seen, at)


def _said(rule: Rule) -> str:
    does = {
        "answer": rule.reply,
        "set": ", ".join(case_fields.pairs(rule.set)),
        "assign": rule.assign,
        "tag": ", ".join(rule.tag),
        "note": rule.note[:60],
    }
    words = [f"{verb} {what}" for verb, what in does.items() if what]
    words += [word for word, so in (("escalate", rule.escalate), ("stop", rule.stop)) if so]
    return "; ".join(words) or "nothing"


def _assign(session: Session, case: Case, rule: Rule, at: datetime) -> None:
    named = select(Agent).where(Agent.address == rule.assign.lower())
    agent = session.scalars(named).one_or_none()
    if agent is not None and agent.can_have_cases and case.assignee_id is None:
        case.assign(agent.id, by=rule.label, at=at)


def write_note(session: Session, case: Case, text: str, *, by: str, at: datetime) -> Message:
    """An internal note in the case."""
    note = Message(
        case=case,
        direction=Direction.NOTE,
        origin=Origin.BOT,
        sender="",
        sender_name=by,
        text=text,
        new_text=text,
        arrived_at=at,
        rule="note",
        by=by,
    )
    session.add(note)
    case.happened(What.NOTED, by=by, at=at)
    return note


def _draft(
    session: Session, case: Case, message: Message, rule: Rule, seen: Situation, at: datetime
) -> None:
    key = f"{message.id}"
    if known(session, rule.label, key) is not None:
        return
    why = Why(False, rule.label, f"proposed to the agents: the rule {rule.name!r} fits")
    try:
        written = replies.write(session, case, rule.reply, {})
        drafts.propose(session, case, written, key, why, at=at)
    except (replies.CannotSay, answers.NobodyToAnswer) as wrong:
        why = Why(False, rule.label, f"it could not be written: {wrong}")
    decided.keep(session, message, why, seen, at=at)


def answer(
    session: Session, message: Message, rule: Rule, reply: Reply, *, at: datetime
) -> Decision:
    """Queue what the rule answers; what came of it. A mail that cannot be written is no mail."""
    try:
        written = replies.write(session, message.case, reply.template, {})
        key = f"rule:{rule.name}:{message.id}"
        replies.answer(session, message, written, key=key, rule=rule.label, at=at)
    except (replies.CannotSay, answers.NobodyToAnswer) as wrong:
        write_note(session, message.case, f"{rule.label}: {wrong}", by=rule.label, at=at)
        return Silence(rule.label, f"the answer could not be written: {wrong}")
    return reply
