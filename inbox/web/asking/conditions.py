"""Conditions of a search that the case itself answers: its state, people, type, mood and parts."""

from sqlalchemy import ColumnElement, String, and_, cast, or_, select

from bot.outbox import OutgoingMail
from cases.agent import Agent
from cases.case import Case, State
from cases.contact import Contact
from cases.language import gettext as _
from cases.message import Direction, Message
from cases.tag import case_tags
from cases.words.folding import fold
from inbox.web.asking import choices
from inbox.web.asking.asker import Asker, one_of, refuse
from inbox.web.asking.nodes import Field


def in_state(field: Field, asker: Asker) -> ColumnElement[bool]:
    states: dict[str, ColumnElement[bool]] = {
        "open": Case.state != State.CLOSED,
        "closed": Case.state == State.CLOSED,
        "waiting": Case.state == State.WAITING,
        "snoozed": Case.snoozed_at.is_not(None),
        "unread": and_(Case.unread.is_(True), Case.state != State.CLOSED),
        "late": Case.due_at <= asker.now,
        "breached": Case.breached_at.is_not(None),
        "answered": Case.answered_at.is_not(None),
        "review": Case.needs_review.is_(True),
        "vip": Case.contact_id.in_(select(Contact.id).where(Contact.vip)),
        "bulk": Case.bulk.is_(True),
    }
    return states[one_of(field, choices.STATES)]


def assigned(field: Field, asker: Asker) -> ColumnElement[bool]:
    known = choices.chosen(choices.PEOPLE, field.value)
    if known == "me":
        return Case.assignee_id == asker.agent.id
    if known is not None:
        return Case.assignee_id.is_(None) if known == "none" else Case.assignee_id.is_not(None)
    people = select(Agent.id).where(
        or_(
            Agent.name.icontains(field.value, autoescape=True),
            Agent.address.icontains(field.value, autoescape=True),
        )
    )
    return Case.assignee_id.in_(people)


def typed(field: Field, _asker: Asker) -> ColumnElement[bool]:
    codes = choices.types(field.value)
    if not codes:
        why = _("No type is called “{value}”.", value=field.value)
        raise refuse(field, why)
    return Case.type.in_(codes)


def tagged(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return case_tags.having(field.value)


def mood(field: Field, _asker: Asker) -> ColumnElement[bool]:
    wanted = one_of(field, choices.MOODS)
    if wanted == "angry":
        return and_(Case.sentiment == "negative", Case.anger >= 1.8)
    return Case.sentiment == wanted


def language(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return Case.language == fold(field.value)


def has(field: Field, _asker: Asker) -> ColumnElement[bool]:
    wanted = one_of(field, choices.PARTS)
    if wanted == "answer":
        return Case.answered_at.is_not(None)
    if wanted == "note":
        return _with_message(Message.direction == Direction.NOTE)
    return _with_message(cast(Message.attachments, String) != "[]")


def _with_message(which: ColumnElement[bool]) -> ColumnElement[bool]:
    inside = select(Message.id).where(Message.case_id == Case.id, which)
    return inside.correlate(Case).limit(1).scalar_subquery().is_not(None)


def bot(field: Field, _asker: Asker) -> ColumnElement[bool]:
    answered = (
        select(OutgoingMail.id)
        .where(OutgoingMail.case_id == Case.id, OutgoingMail.automatic)
        .correlate(Case)
        .exists()
    )
    return answered if one_of(field, choices.YES_NO) == "yes" else ~answered
