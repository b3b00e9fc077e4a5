"""Two people at one form: who saves second sees what the first wrote, and loses nothing of theirs.

A form bears a mark of what it showed. Whoever saves with another mark than that of what is kept now
is told who was first, and sees both values; saving once more puts theirs in its place.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.audit import Entry
from cases.language import gettext as _
from inbox.web import times

FIELD = "seen"
LOCK = "forms of admins"
"""Held while a form is compared and kept, so that of two at the same moment one is the second."""
Values = Mapping[str, Any]
Saver = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody was first: who and when, and each field whose two values differ."""

    said: str
    fields: dict[str, tuple[str, str]]
    """Its name: what is kept now, and what was typed."""


def late(kept: Values, typed: Values, saver: Callable[[], Saver | None]) -> Late | None:
    """What to say to somebody whose form showed something else than what is kept now."""
    mark = request.form.get(FIELD)
    if mark is None or mark == _mark(kept):
        return None
    pairs = {name: (_said(kept[name]), _said(typed[name])) for name in kept if name in typed}
    fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return Late(_sentence(saver()), fields) if fields else None


def shown(kept: Values, late: Late | None = None) -> dict[str, Any]:
    """What a page with such a form needs: the mark it bears, and what was saved meanwhile."""
    # A form with a fault in it is still the form that was begun with.
    began = request.form.get(FIELD) if late is None else None
    return {FIELD: began or _mark(kept), "late": late}


def by_audit(session: Session, kind: str, about: str = "") -> Callable[[], Saver | None]:
    """Who changed such a thing last, as the audit has it."""
    changes = select(Entry.by, Entry.at).where(Entry.what.startswith(kind))
    these = changes.where(Entry.about == about) if about else changes
    newest = these.order_by(Entry.number.desc()).limit(1)
    return lambda: next(((row[0], row[1]) for row in session.execute(newest)), None)


def by_row(row: Any, by: str = "by", at: str = "at") -> Callable[[], Saver | None]:
    """Who wrote the row, as it says itself in those columns."""
    return lambda: (getattr(row, by), getattr(row, at)) if row is not None else None


def _mark(kept: Values) -> str:
    written = json.dumps(kept, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _sentence(saver: Saver | None) -> str:
    if saver is None or not saver[0]:
        return _("Somebody saved another version since you opened this page")
    time = times.exact(saver[1])
    return _("{who} saved another version: {time}", who=saver[0], time=time)


def _said(value: Any) -> str:
    """A value as it is compared and shown."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).replace("\r\n", "\n")
