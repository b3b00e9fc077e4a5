"""Correcting what the classifier said of a case, and taking a correction back."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import moods
from cases.case import Case
from cases.correcting.correction import MOODS, Correction, Field, digest_of
from cases.history import What
from cases.mail import Origin
from cases.message import Direction, Message
from classifiers.taxonomy import NoSuchLeaf, leaf


class NoSuchMood(ValueError):
    """A mood is one of negative, neutral and positive."""


class AlreadyUndone(Exception):
    """The correction was taken back before."""


class Superseded(Exception):
    """Somebody corrected the same thing since, so the older correction cannot be taken back."""


class PeopleSaidOtherwise(Exception):
    """An agent said something else of this message, and a program does not overrule people."""


PROGRAM = "api:"
"""Names of programs begin so; those of people are addresses."""


def correct(
    session: Session,
    case: Case,
    field: Field,
    value: str,
    *,
    by: str,
    at: datetime,
    message: Message | None = None,
    mark: str | None = None,
) -> Correction:
    """Say what the case is about or how it sounds; the same said twice by one is one correction.

    Raises NoSuchLeaf, NoSuchMood, PeopleSaidOtherwise.
    """
    value = _checked(field, value)
    decisive = judged(session, case, field)
    about = message or decisive
    known = _newest(session, case, field, about)
    if known is not None and (known.now, known.by) == (value, by):
        return known
    if by.startswith(PROGRAM) and _said_by_people(session, about, field, value):
        raise PeopleSaidOtherwise(value)
    made = _made(case, field, value, about, by=by, at=at)
    made.mark = mark
    if about is decisive:
        made.before = _before(case, field, about)
        _act(session, case, made, about)
    session.add(made)
    session.flush()
    return made


def undo(session: Session, case: Case, correction: Correction, *, by: str, at: datetime) -> None:
    """Put back what was said before. Raises AlreadyUndone, Superseded."""
    if correction.undone_at is not None:
        raise AlreadyUndone(str(correction.id))
    newest = _newest(session, case, correction.field)
    if newest is None or newest.id != correction.id:
        raise Superseded(str(correction.id))
    correction.undone_at, correction.undone_by = at, by
    session.flush()
    if correction.before:
        _put_back(session, case, correction)
        field, was = correction.field.value, correction.now
        case.happened(What.CORRECTED, by=by, at=at, field=field, was=was, now=correction.was)


def _put_back(session: Session, case: Case, correction: Correction) -> None:
    before = correction.before
    for name, value in before["case"].items():
        setattr(case, name, value)
    if correction.field is Field.MOOD:
        message = session.get(Message, correction.message_id) if correction.message_id else None
        if message is not None:
            message.labels = before["message"]
        case.labels = _by(case.labels, before["sentiment_by"])
        moods.follow(session, case)


def judged(session: Session, case: Case, field: Field) -> Message | None:
    """The message that a correction of the case is about: what people saw when they judged."""
    theirs = (Message.direction == Direction.IN, Message.origin == Origin.CUSTOMER)
    told = select(Message).where(
        Message.case_id == case.id, *theirs, Message.quarantined.is_(False), Message.new_text != ""
    )
    order = Message.arrived_at, Message.id
    if field is Field.MOOD:
        order = Message.arrived_at.desc(), Message.id.desc()  # type: ignore[assignment]
    return session.scalars(told.order_by(*order).limit(1)).first()


def _checked(field: Field, value: str) -> str:
    if field is Field.MOOD:
        if value not in MOODS:
            raise NoSuchMood(value)
        return value
    found = leaf(value)
    if found.retired:
        raise NoSuchLeaf(value)
    return found.code


def _newest(
    session: Session, case: Case, field: Field, about: Message | None = None
) -> Correction | None:
    """The newest correction of the case, or of that message, that was not taken back."""
    wanted = select(Correction).where(
        Correction.case_id == case.id, Correction.field == field, Correction.undone_at.is_(None)
    )
    if about is not None:
        wanted = wanted.where(Correction.message_id == about.id)
    return session.scalars(wanted.order_by(Correction.id.desc()).limit(1)).first()


def _said_by_people(session: Session, about: Message | None, field: Field, value: str) -> bool:
    if about is None:
        return False
    wanted = select(Correction.now).where(
        Correction.message_id == about.id,
        Correction.field == field,
        Correction.undone_at.is_(None),
        Correction.by.not_like(f"{PROGRAM}%"),
    )
    said = session.scalars(wanted.order_by(Correction.id.desc()).limit(1)).first()
    return said is not None and said != value


def _made(
    case: Case, field: Field, value: str, about: Message | None, *, by: str, at: datetime
) -> Correction:
    labels = (about.labels if about else None) or {}
    return Correction(
        case_id=case.id,
        message_id=about.id if about else None,
        digest=digest_of(about.subject, about.new_text) if about else "",
        field=field,
        was=case.type if field is Field.TYPE else case.sentiment,
        now=value,
        by=by,
        model=str(labels.get("model", "")),
        at=at,
    )


def _before(case: Case, field: Field, about: Message | None) -> dict[str, Any]:
    if field is Field.TYPE:
        names = ("type", "type_by", "complaint", "needs_review")
        return {"case": {name: getattr(case, name) for name in names}}
    return {
        "case": {"sentiment": case.sentiment, "anger": case.anger},
        "message": (about.labels if about else None) or {},
        "sentiment_by": (case.labels or {}).get("sentiment_by"),
    }


def _act(session: Session, case: Case, made: Correction, about: Message | None) -> None:
    if made.field is Field.TYPE:
        case.type, case.type_by, case.needs_review = made.now, made.by, False
        case.complaint = leaf(made.now).complaint
    else:
        case.sentiment = made.now
        calm = made.now != "negative"
        case.anger = 0.0 if calm else case.anger
        case.labels = _by(case.labels, made.by)
        if about is not None:
            anger = {"anger": 0.0} if calm else {}
            told = {"sentiment": made.now, "sentiment_by": made.by, **anger}
            about.labels = {**(about.labels or {}), **told}
            moods.follow(session, case)
    field = made.field.value
    case.happened(What.CORRECTED, by=made.by, at=made.at, field=field, was=made.was, now=made.now)


def _by(labels: dict[str, Any] | None, who: str | None) -> dict[str, Any]:
    """The labels of a case, with who judged its mood."""
    kept = {name: value for name, value in (labels or {}).items() if name != "sentiment_by"}
    return {**kept, "sentiment_by": who} if who else kept
