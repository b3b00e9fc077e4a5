"""The verbs for many cases: each does one thing to a case and says what it was, or refuses it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases import correcting, incident, snoozing
from cases.agent import who_still_can
from cases.case import Case, State, take
from cases.correcting.correction import Correction, Field
from cases.history import What
from cases.incident import AlreadyOver, Incident
from cases.merging import merge, undo_merge
from cases.tag import case_tags, joined, without

Before = dict[str, Any]


class NotForThis(Exception):
    """The case is not in a state for this, so it is left as it is."""


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, when, with which value, and to which cases."""

    session: Session
    by: str
    at: datetime
    value: str
    all_ids: tuple[int, ...]
    zone: str
    """Of their clock: tomorrow begins there."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What is done, and how it is taken back."""

    do: Callable[[Doing, Case], Before]
    undo: Callable[[Doing, Case, Before], None]
    also: Callable[[Doing, Sequence[int]], Sequence[int]] = lambda _doing, _ids: ()
    """The cases that are changed besides, which must be locked together with them."""


def _read(_doing: Doing, case: Case) -> Before:
    if not case.unread:
        raise NotForThis
    case.unread = False
    return {}


def _unread(_doing: Doing, case: Case) -> Before:
    if case.unread or not case.is_open:
        raise NotForThis
    case.unread = True
    return {}


def _read_again(_doing: Doing, case: Case, _before: Before) -> None:
    case.unread = False


def _unread_again(_doing: Doing, case: Case, _before: Before) -> None:
    case.unread = True


def _assign(doing: Doing, case: Case) -> Before:
    wanted = int(doing.value) if doing.value else None
    if case.assignee_id == wanted:
        raise NotForThis
    before = {"assignee_id": case.assignee_id}
    case.assign(wanted, by=doing.by, at=doing.at)
    return before


def _assign_back(doing: Doing, case: Case, before: Before) -> None:
    back = who_still_can(doing.session, before["assignee_id"])
    case.assign(back, by=doing.by, at=doing.at)


def _close(doing: Doing, case: Case) -> Before:
    if not case.is_open:
        raise NotForThis
    before = {"state": case.state.value}
    case.close(by=doing.by, at=doing.at)
    return before


def _open_again(doing: Doing, case: Case, before: Before) -> None:
    case.reopen(by=doing.by, at=doing.at)
    if before["state"] == State.WAITING:
        case.wait_for_customer(by=doing.by, at=doing.at)


def _reopen(doing: Doing, case: Case) -> Before:
    if case.is_open:
        raise NotForThis
    case.reopen(by=doing.by, at=doing.at)
    return {}


def _close_again(doing: Doing, case: Case, _before: Before) -> None:
    case.close(by=doing.by, at=doing.at)


def _wait(doing: Doing, case: Case) -> Before:
    if case.state is not State.OPEN:
        raise NotForThis
    case.wait_for_customer(by=doing.by, at=doing.at)
    return {}


def _go_on(doing: Doing, case: Case, _before: Before) -> None:
    case.go_on(by=doing.by, at=doing.at)


def _retype(doing: Doing, case: Case) -> Before:
    if case.type == doing.value and case.type_by:
        raise NotForThis
    made = correcting.correct(
        doing.session, case, Field.TYPE, doing.value, by=doing.by, at=doing.at
    )
    return {"correction": made.id}


def _type_back(doing: Doing, case: Case, before: Before) -> None:
    made = doing.session.get_one(Correction, before["correction"])
    correcting.undo(doing.session, case, made, by=doing.by, at=doing.at)


def _tag(doing: Doing, case: Case) -> Before:
    return _retag(doing, case, joined(case_tags.of(case), (doing.value,)))


def _untag(doing: Doing, case: Case) -> Before:
    return _retag(doing, case, without(case_tags.of(case), (doing.value,)))


def _retag(doing: Doing, case: Case, wanted: Sequence[str]) -> Before:
    before = {"tags": list(case_tags.of(case))}
    try:
        changed = case_tags.put(doing.session, case, wanted, by=doing.by, at=doing.at)
    except case_tags.TooManyTags as wrong:
        raise NotForThis from wrong
    if not changed:
        raise NotForThis
    return before


def _tags_back(doing: Doing, case: Case, before: Before) -> None:
    case_tags.put(doing.session, case, before["tags"], by=doing.by, at=doing.at)


def _snooze(doing: Doing, case: Case) -> Before:
    if not case.is_open:
        raise NotForThis
    before = {
        "snoozed": case.snoozed_at is not None,
        "until": case.snoozed_until.isoformat() if case.snoozed_until else None,
    }
    until = snoozing.presets(doing.at, doing.zone)[snoozing.Preset(doing.value)]
    snoozing.snooze(case, until, by=doing.by, at=doing.at)
    return before


def _snooze_back(doing: Doing, case: Case, before: Before) -> None:
    until = datetime.fromisoformat(before["until"]) if before["until"] else None
    if before["snoozed"] and (until is None or until > doing.at):
        snoozing.snooze(case, until, by=doing.by, at=doing.at)
    else:
        snoozing.wake(case, by=doing.by, at=doing.at)


def _spam(doing: Doing, case: Case) -> Before:
    """Out of the way of people: it promises nothing, and nobody is on truce for it."""
    if case.bulk:
        raise NotForThis
    before = {"state": case.state.value}
    case.bulk = True
    case.happened(What.CORRECTED, by=doing.by, at=doing.at, field="spam", was="no", now="yes")
    if case.is_open:
        case.close(by=doing.by, at=doing.at)
    return before


def _no_spam(doing: Doing, case: Case, before: Before) -> None:
    case.bulk = False
    case.happened(What.CORRECTED, by=doing.by, at=doing.at, field="spam", was="yes", now="no")
    if before["state"] != State.CLOSED:
        _open_again(doing, case, before)


def _merge(doing: Doing, case: Case) -> Before:
    """Into the same person's oldest case of the choice; cases of others stay apart."""
    theirs = (Case.id.in_(doing.all_ids), Case.contact_id == case.contact_id)
    oldest = doing.session.scalar(
        select(func.min(Case.id)).where(*theirs, Case.merged_into_id.is_(None))
    )
    if oldest is None or oldest == case.id or case.merged_into_id is not None:
        raise NotForThis
    into = take(doing.session, oldest)
    merge(doing.session, case, into, by=doing.by, at=doing.at)
    return {"into": oldest}


def _into(doing: Doing, ids: Sequence[int]) -> Sequence[int]:
    """The oldest case of each person, which may be in another batch than theirs."""
    people = select(Case.contact_id).where(Case.id.in_(ids))
    oldest = select(func.min(Case.id)).where(
        Case.id.in_(doing.all_ids), Case.contact_id.in_(people), Case.merged_into_id.is_(None)
    )
    merged = select(Case.merged_into_id).where(Case.id.in_(ids))
    found = {*doing.session.scalars(oldest.group_by(Case.contact_id))}
    return sorted({one for one in (*found, *doing.session.scalars(merged)) if one is not None})


def _part(doing: Doing, case: Case, _before: Before) -> None:
    undo_merge(doing.session, case, by=doing.by, at=doing.at)


def _link(doing: Doing, case: Case) -> Before:
    trouble = doing.session.get_one(Incident, int(doing.value))
    try:
        new = incident.link(doing.session, trouble, (case.id,), by=doing.by, at=doing.at)
    except AlreadyOver as over:
        raise NotForThis from over
    if not new:
        raise NotForThis
    return {}


def _unlink(doing: Doing, case: Case, _before: Before) -> None:
    """Out of it again; what was begun for these cases alone is over with the last of them."""
    trouble = doing.session.get_one(Incident, int(doing.value))
    incident.unlink(doing.session, trouble, case.id, at=doing.at)
    if trouble.ended_at or trouble.has_rule or incident.concerns(doing.session, trouble):
        return
    incident.end(doing.session, trouble, by=doing.by, at=doing.at)


VERBS: Mapping[str, Verb] = {
    "read": Verb(_read, _unread_again),
    "unread": Verb(_unread, _read_again),
    "assign": Verb(_assign, _assign_back),
    "close": Verb(_close, _open_again),
    "reopen": Verb(_reopen, _close_again),
    "wait": Verb(_wait, _go_on),
    "type": Verb(_retype, _type_back),
    "tag": Verb(_tag, _tags_back),
    "untag": Verb(_untag, _tags_back),
    "snooze": Verb(_snooze, _snooze_back),
    "spam": Verb(_spam, _no_spam),
    "merge": Verb(_merge, _part, _into),
    "incident": Verb(_link, _unlink),
}
