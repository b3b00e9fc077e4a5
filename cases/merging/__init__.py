"""Two cases made one, and that undone; what comes later follows.

Ids of mails stay with the case they came to. A merged case points to the other, and filing follows.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import moods, signing, tag
from cases.case import Case, Part, Participant, State
from cases.history import Event, What
from cases.merging.moving import last_event, messages_of, parties_of, unanswered_since
from cases.message import KnownId, Message
from cases.tag import case_tags

_CHANGES = (What.CLOSED, What.REOPENED, What.ANSWERED)


class SameCase(Exception):
    """A case cannot be merged into itself."""


class AlreadyMerged(Exception):
    """The case was merged into another before."""


class NotMerged(Exception):
    """The case is not merged into another, so there is nothing to undo."""


def merge(session: Session, case: Case, into: Case, *, by: str, at: datetime) -> Case:
    """All of the case's messages go into the other, and so does what comes; gives the other.

    Raises SameCase, AlreadyMerged.
    """
    into = final(session, into)
    if case.merged_into_id is not None:
        raise AlreadyMerged(f"case {case.id} was merged into {case.merged_into_id} before")
    if case is into:
        raise SameCase(f"case {case.id} cannot be merged into itself")
    moved = messages_of(session, case)
    undo = {
        "moved": [one.id for one in moved],
        "guests": _welcome(session, case, into),
        "before": _standing(case),
        "into_before": _standing(into),
        "into_tags": list(case_tags.of(into)),
    }
    was_open, since = case.is_open, case.waiting_since
    case.merge_into(into, by=by, at=at, **undo)
    _move(moved, into)
    _take_over(into, case, was_open=was_open, since=since, by=by, at=at)
    both = tag.joined(case_tags.of(into), case_tags.of(case))[: tag.MOST]
    case_tags.put(session, into, both, by=by, at=at)
    moods.follow(session, into)
    return into


def final(session: Session, case: Case) -> Case:
    """The case, or the one that it was merged into at last."""
    while case.merged_into_id is not None:
        case = session.get_one(Case, case.merged_into_id)
    return case


def _move(messages: Iterable[Message], case: Case) -> None:
    for message in messages:
        message.case = case


def _welcome(session: Session, case: Case, into: Case) -> list[str]:
    """Who took part goes on doing so; only the customer of both gets mail by itself."""
    known = {one.address for one in parties_of(session, into)}
    new = [one for one in parties_of(session, case) if one.address not in known]
    for one in new:
        stays = one.part is not Part.CUSTOMER or case.contact_id == into.contact_id
        part = one.part if stays else Part.COPIED
        session.add(Participant(case=into, address=one.address, part=part))
    return [one.address for one in new]


def _take_over(
    into: Case, case: Case, *, was_open: bool, since: datetime | None, by: str, at: datetime
) -> None:
    """What was owed in either is owed in the one that is left."""
    if was_open and not into.is_open:
        into.reopen(by=by, at=at)
    if since is not None:
        into.state = State.OPEN
        since = min(since, into.waiting_since or since)
    into.bulk = into.bulk and case.bulk
    into.unread = into.unread or case.unread
    into.last_at = max(into.last_at, case.last_at)
    into.happened(What.MERGED, by=by, at=at, of=case.id)
    if since is not None:
        into.owe(since, by=by, at=at)


def undo_merge(session: Session, case: Case, *, by: str, at: datetime) -> Case:
    """The case stands for itself again, with its messages and what came for it since.

    Raises NotMerged.
    """
    if case.merged_into_id is None:
        raise NotMerged(f"case {case.id} is not merged into another")
    into = session.get_one(Case, case.merged_into_id)
    event = last_event(session, case, "moved")
    undo: dict[str, Any] = event.data if event is not None else {}
    back = _to_give_back(session, case, into, undo)
    case.merged_into_id = None
    _move(back, case)
    _part_again(session, into, undo.get("guests", []))
    session.flush()
    since = _events_since(session, into, case)
    if undo:
        _stand_again(session, case, undo["before"]["state"], since, by, at)
        _stand_alone(session, into, undo["into_before"], since, by, at)
        brought = tag.without(case_tags.of(case), undo.get("into_tags", ()))
        own = tag.without(case_tags.of(into), brought)
        case_tags.put(session, into, own, by=by, at=at)
    case.happened(What.UNDONE, by=by, at=at, undone="merge", other=into.id)
    into.happened(What.UNDONE, by=by, at=at, undone="merge", other=case.id)
    session.flush()
    return case


def _events_since(session: Session, into: Case, case: Case) -> list[Event]:
    """The history of the other from this merge on, the merge first."""
    rows = session.scalars(select(Event).where(Event.case_id == into.id).order_by(Event.id)).all()
    merged = [n for n, event in enumerate(rows) if event.data.get("of") == case.id]
    return list(rows[merged[-1] :]) if merged else []


def _to_give_back(session: Session, case: Case, into: Case, undo: dict[str, Any]) -> list[Message]:
    """What was moved, and what came since and answers a mail of this case."""
    ids = set(session.scalars(select(KnownId.rfc_id).where(KnownId.case_id == case.id)))
    moved = set(undo.get("moved", []))
    return [
        one
        for one in messages_of(session, into)
        if one.id in moved or one.matched in ids or _signed_for(one.matched) == case.id
    ]


def _signed_for(matched: str) -> int | None:
    named = signing.case_of_message_id(matched)
    return named if named is not None else signing.case_of_plus_address(matched)


def _part_again(session: Session, into: Case, guests: list[str]) -> None:
    for one in parties_of(session, into):
        if one.address in guests and one.part is not Part.CONFIRMED:
            session.delete(one)


def _standing(case: Case) -> dict[str, str | None]:
    """Open or closed and what was owed, as a history can keep it."""
    closed_at = case.closed_at.isoformat() if case.closed_at is not None else None
    return {"state": case.state.value, "closed_at": closed_at}


def _stand_again(
    session: Session, case: Case, state: str, since: list[Event], by: str, at: datetime
) -> None:
    """Open as it was; what was answered in the meantime is answered."""
    if state == State.CLOSED:
        return
    case.reopen(by=by, at=at)
    case.state = State(state)
    answers = [event.at for event in since if event.what is What.ANSWERED]
    case.owe(unanswered_since(session, case, answers), by=by, at=at)


def _stand_alone(
    session: Session,
    into: Case,
    before: dict[str, str | None],
    since: list[Event],
    by: str,
    at: datetime,
) -> None:
    """The other owes nothing for the case that left, and is closed if only that had opened it."""
    touched = any(event.what in _CHANGES or event.data.get("owes") for event in since[1:])
    if not into.is_open:
        return
    if before["state"] == State.CLOSED and not touched:
        into.close(by=by, at=at)
        into.closed_at = datetime.fromisoformat(before["closed_at"] or at.isoformat())
        return
    if not touched:
        into.state = State(before["state"] or State.OPEN)
    into.owe(unanswered_since(session, into), by=by, at=at)
