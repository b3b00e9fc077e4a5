"""The names that may stand before a colon, in both languages, and which cases each means.

The table is the only list of them: the parser, the hints and the help page read it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from sqlalchemy import ColumnElement, String, and_, cast, or_, select, true
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail
from cases.agent import Agent
from cases.case import Case, State
from cases.contact import Contact
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.language import current
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.message import Direction, Message
from cases.settings import settings
from cases.words.folding import fold
from cases.words.terms import Part
from inbox.web import chips
from inbox.web.asking import choices, spans
from inbox.web.asking.choices import Choices
from inbox.web.asking.grammar import Field, NotUnderstood


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, when, and in which transaction."""

    session: Session
    agent: Agent
    now: datetime


Holds = Callable[[Field, Asker], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Operator:
    """A name before a colon."""

    en: str
    es: str
    example: tuple[str, str]
    holds: Holds | None = None
    part: Part | None = None
    """Looks into a part of the messages instead."""
    values: Choices | None = None

    @property
    def said(self) -> str:
        return self.es if current() == "es" else self.en

    @property
    def shown(self) -> str:
        """An example in the language of the screen."""
        return f"{self.said}:{self.example[1 if current() == 'es' else 0]}"


def refuse(field: Field, why: str) -> NotUnderstood:
    return NotUnderstood(why, field.value_at, field.end)


def one_of(field: Field, values: Choices) -> str:
    """The value that is meant; raises NotUnderstood with those there are."""
    found = choices.chosen(values, field.value)
    if found is None:
        said = choices.listed(values)
        why = _("“{value}” is not one of: {values}.", value=field.value, values=said)
        raise refuse(field, why)
    return found


def _in_state(field: Field, asker: Asker) -> ColumnElement[bool]:
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


def _assigned(field: Field, asker: Asker) -> ColumnElement[bool]:
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


def _typed(field: Field, _asker: Asker) -> ColumnElement[bool]:
    codes = choices.types(field.value)
    if not codes:
        why = _("No type is called “{value}”.", value=field.value)
        raise refuse(field, why)
    return Case.type.in_(codes)


def _mood(field: Field, _asker: Asker) -> ColumnElement[bool]:
    wanted = one_of(field, choices.MOODS)
    if wanted == "angry":
        return and_(Case.sentiment == "negative", Case.anger >= 1.8)
    return Case.sentiment == wanted


def _language(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return Case.language == fold(field.value)


def _has(field: Field, _asker: Asker) -> ColumnElement[bool]:
    wanted = one_of(field, choices.PARTS)
    if wanted == "answer":
        return Case.answered_at.is_not(None)
    if wanted == "note":
        return _with_message(Message.direction == Direction.NOTE)
    return _with_message(cast(Message.attachments, String) != "[]")


def _with_message(which: ColumnElement[bool]) -> ColumnElement[bool]:
    inside = select(Message.id).where(Message.case_id == Case.id, which)
    return inside.correlate(Case).limit(1).scalar_subquery().is_not(None)


def _bot(field: Field, _asker: Asker) -> ColumnElement[bool]:
    answered = (
        select(OutgoingMail.id)
        .where(OutgoingMail.case_id == Case.id, OutgoingMail.automatic)
        .correlate(Case)
        .exists()
    )
    return answered if one_of(field, choices.YES_NO) == "yes" else ~answered


def _promise(field: Field, asker: Asker) -> ColumnElement[bool]:
    side, text = field.value[0], field.value.lstrip("<>=")
    span = spans.length(text) if side in "<>" else None
    if span is not None:
        edge = asker.now + span
        return Case.due_at <= edge if side == "<" else Case.due_at > edge
    known = choices.chosen(choices.PROMISES, field.value)
    if known is None:
        said = choices.listed(choices.PROMISES)
        why = _("Write <2h, >1d or one of: {values}.", values=said)
        raise refuse(field, why)
    if known == "none":
        return Case.due_at.is_(None)
    return Case.due_at <= asker.now + (chips.margin() if known == "risk" else timedelta(0))


def _day(field: Field, asker: Asker) -> datetime:
    found = spans.instant(field.value, asker.now, settings().zone)
    if found is None:
        why = _("Write a day as 2026-11-30, or how long ago: 7d, 2h, yesterday.")
        raise refuse(field, why)
    return found


def _before(field: Field, asker: Asker) -> ColumnElement[bool]:
    return Case.last_at < _day(field, asker)


def _after(field: Field, asker: Asker) -> ColumnElement[bool]:
    return Case.last_at >= _day(field, asker)


def number_of(field: Field) -> int:
    text = field.value.removeprefix("#")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refuse(field, _("“{value}” is not a number.", value=field.value))
    return int(text)


def _numbered(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return Case.id == number_of(field)


def _customer(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return Case.contact_id == number_of(field)


def _on_truce(field: Field, asker: Asker) -> ColumnElement[bool]:
    known = choices.chosen(choices.YES_NO, field.value)
    which = true() if known else Exclusion.reason == _reason(field)
    held = select(Exclusion.contact_id).where(
        which,
        Exclusion.lifted_at.is_(None),
        Exclusion.starts_at <= asker.now,
        or_(Exclusion.until.is_(None), Exclusion.until > asker.now),
    )
    return Case.contact_id.not_in(held) if known == "no" else Case.contact_id.in_(held)


def _reason(field: Field) -> Reason:
    typed = fold(field.value).replace("-", "_").replace(" ", "_")
    try:
        return Reason(typed)
    except ValueError:
        said = ", ".join(Reason)
        why = _("“{value}” is not one of: {values}.", value=field.value, values=said)
        raise refuse(field, why) from None


def _mailbox(field: Field, _asker: Asker) -> ColumnElement[bool]:
    boxes = select(Mailbox.id).where(
        or_(
            Mailbox.address.icontains(field.value, autoescape=True),
            Mailbox.name.icontains(field.value, autoescape=True),
        )
    )
    return Case.mailbox_id.in_(boxes)


OPERATORS: tuple[Operator, ...] = (
    Operator("is", "es", ("open", "abierto"), _in_state, values=choices.STATES),
    Operator("assignee", "asignado", ("me", "yo"), _assigned, values=choices.PEOPLE),
    Operator("from", "de", ("ana@example.com",) * 2, part=Part.SENDER),
    Operator("to", "para", ("support", "soporte"), part=Part.TO),
    Operator("subject", "asunto", ('"broken cup"', '"taza rota"'), part=Part.SUBJECT),
    Operator("type", "tipo", ("delivery", "entrega"), _typed),
    Operator("mood", "ánimo", ("angry", "enfadado"), _mood, values=choices.MOODS),
    Operator("lang", "idioma", ("es", "en"), _language),
    Operator("has", "tiene", ("attachment", "adjunto"), _has, values=choices.PARTS),
    Operator("bot", "bot", ("yes", "sí"), _bot, values=choices.YES_NO),
    Operator("sla", "plazo", ("<2h", "<2h"), _promise, values=choices.PROMISES),
    Operator("after", "desde", ("2026-11-01", "2026-11-01"), _after),
    Operator("before", "antes", ("7d", "7d"), _before),
    Operator("hold", "tregua", ("open_case", "open_case"), _on_truce, values=choices.YES_NO),
    Operator("mailbox", "buzón", ("sales", "ventas"), _mailbox),
    Operator("customer", "cliente", ("15", "15"), _customer),
    Operator("case", "caso", ("1234", "1234"), _numbered),
)
_ALSO = {"state": "is", "estado": "is", "status": "is", "language": "lang", "due": "sla"}
_NAMED = {fold(name): one for one in OPERATORS for name in (one.en, one.es)}
_NAMED |= {also: _NAMED[name] for also, name in _ALSO.items()}


def named(field: Field) -> Operator:
    """The operator of that name; raises NotUnderstood with the one that was probably meant."""
    typed = fold(field.name)
    if typed in _NAMED:
        return _NAMED[typed]
    near = get_close_matches(typed, _NAMED, n=1)
    why = _("There is no “{name}:”. Put it in quotes to look for it as a word.", name=field.name)
    if near:
        meant = f"{_NAMED[near[0]].said}:"
        why = _("There is no “{name}:”. Did you mean “{meant}”?", name=field.name, meant=meant)
    raise NotUnderstood(why, field.at, field.value_at)
