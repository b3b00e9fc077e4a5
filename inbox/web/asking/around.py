"""Conditions of a search that lie around the case: promises, days, numbers, truces, mailboxes."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, true

from cases.case import Case
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.settings import settings
from cases.words.folding import fold
from inbox.web import chips
from inbox.web.asking import choices, spans
from inbox.web.asking.asker import Asker, number_of, refuse
from inbox.web.asking.nodes import Field


def promise(field: Field, asker: Asker) -> ColumnElement[bool]:
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
    found = spans.instant(field.value, asker.now, asker.agent.zone or settings().zone)
    if found is None:
        why = _("Write a day as 2026-11-30, or how long ago: 7d, 2h, yesterday.")
        raise refuse(field, why)
    return found


def before(field: Field, asker: Asker) -> ColumnElement[bool]:
    return Case.last_at < _day(field, asker)


def after(field: Field, asker: Asker) -> ColumnElement[bool]:
    return Case.last_at >= _day(field, asker)


def numbered(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return Case.id == number_of(field)


def customer(field: Field, _asker: Asker) -> ColumnElement[bool]:
    return Case.contact_id == number_of(field)


def on_truce(field: Field, asker: Asker) -> ColumnElement[bool]:
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


def mailbox(field: Field, _asker: Asker) -> ColumnElement[bool]:
    boxes = select(Mailbox.id).where(
        or_(
            Mailbox.address.icontains(field.value, autoescape=True),
            Mailbox.name.icontains(field.value, autoescape=True),
        )
    )
    return Case.mailbox_id.in_(boxes)
