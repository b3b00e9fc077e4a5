"""What the classifiers said, written on messages and their cases: a batch in a few statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.orm import Session

from cases import course, incident, sla
from cases.case import Case
from cases.db import write_at_end
from cases.exclusions.changes import note_contact
from cases.history import Event, What
from cases.message import Message
from cases.rows.among import among
from classifiers.labels import Labels
from classifiers.taxonomy import leaf

BY = "classifier"
_MESSAGES, _CASES = cast(Table, Message.__table__), cast(Table, Case.__table__)
# A case is a complaint from here on.
COMPLAINT = 0.5


@dataclass(slots=True)
class _Told:
    """A case while it is told what was said of its messages, one after the other."""

    known: Row[Any]
    times: int = 0
    course: dict[str, Any] | None = None
    mood: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        told = {"course": self.course, "version": (self.known.version or 0) + self.times}
        return {"case": self.known.id, **self.mood, **self.first, **told}


def write(session: Session, said: Mapping[int, Labels], at: datetime) -> None:
    """Write the labels of those messages, as far as none of them has any yet."""
    cases = _taken(session, said)
    messages = _untagged(session, said, cases)
    rows = []
    for message in messages:
        labels = said[message.id]
        row = as_row(labels)
        rows.append(
            {"message": message.id, "tagged_at": at, "language": labels.language, "labels": row}
        )
        _tell(cases[message.case_id], message, labels, row)
        told = {"case_id": message.case_id, "what": What.TAGGED, "by": BY, "at": at}
        write_at_end(session, Event, {**told, "data": {"type": labels.type, "message": message.id}})
    _update(session, _MESSAGES, "message", rows)
    _keep(session, [one for one in cases.values() if one.times], at)


def _untagged(session: Session, ids: Collection[int], cases: Iterable[int]) -> list[Row[Any]]:
    """Those that nobody labelled before their cases were ours, nor took elsewhere."""
    asked = (
        *(Message.id, Message.case_id, Message.direction, Message.origin),
        *(Message.quarantined, Message.arrived_at),
    )
    ours = among(Message.id, ids), among(Message.case_id, cases)
    untagged = select(*asked).where(*ours, Message.tagged_at.is_(None))
    return list(session.execute(untagged.order_by(Message.case_id, Message.id)))


def _taken(session: Session, ids: Collection[int]) -> dict[int, _Told]:
    """The cases of those messages, locked as `take` locks one, and in everybody's order."""
    asked = (
        *(Case.id, Case.contact_id, Case.type, Case.type_by, Case.course, Case.version),
        Case.labels["tags"].label("tags"),
    )
    theirs = select(Message.case_id).where(among(Message.id, ids))
    taken = select(*asked).where(Case.id.in_(theirs)).order_by(Case.id).with_for_update()
    return {row.id: _Told(row, course=row.course) for row in session.execute(taken)}


def _tell(case: _Told, message: Row[Any], labels: Labels, row: Mapping[str, Any]) -> None:
    """The case takes the type of its first tagged message, and the mood of its newest."""
    case.times += 1
    if not (case.known.type or case.known.type_by or case.first):
        case.first = {
            "type": labels.type,
            "complaint": labels.complaint >= COMPLAINT,
            "needs_review": labels.needs_review,
            "labels": {**row, "tags": case.known.tags} if case.known.tags else row,
        }
    case.mood = {
        "sentiment": labels.sentiment.value,
        "anger": labels.anger,
        "urgency": labels.urgency,
    }
    case.course = course.added(case.course, course.sign_in(message, row))


def _keep(session: Session, told: Collection[_Told], at: datetime) -> None:
    typed, others = ([one for one in told if bool(one.first) is said] for said in (True, False))
    for some in (typed, others):
        _update(session, _CASES, "case", [one.values for one in some])
    for one in told:
        note_contact(session, one.known.contact_id)
    incident.look_at(session, {one.known.id for one in told})
    if told and sla.promises_by_type(session):
        _settle(session, {one.known.id for one in typed}, at)


def _settle(session: Session, ids: Collection[int], at: datetime) -> None:
    """What a type that became known brings along: the times promised for it."""
    for case in session.scalars(select(Case).where(among(Case.id, ids)).order_by(Case.id)):
        event = Event(what=What.TAGGED, by=BY, at=at)
        sla.remember(session, case, event)
        sla.follow(case, event)


def _update(session: Session, table: Table, key: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        named: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != key}
        changed = update(table).where(table.c.id == bindparam(key)).values(named)
        session.connection().execute(changed, rows)


def as_row(labels: Labels) -> dict[str, Any]:
    """The labels as they are kept with a message."""
    return {
        "type": leaf(labels.type).code,
        "secondary": labels.secondary,
        "p": round(labels.probability, 4),
        "top3": [{"type": one.type, "p": round(one.probability, 4)} for one in labels.top3],
        "p_complaint": round(labels.complaint, 4),
        "p_negative": round(labels.negative, 4),
        "signals": [signal.value for signal in labels.signals],
        "evidence": [{"signal": one.signal, "words": one.words} for one in labels.evidence],
        "sentiment": labels.sentiment.value,
        "anger": round(labels.anger, 2),
        "urgency": round(labels.urgency, 2),
        "needs_review": labels.needs_review,
        "model": labels.model,
    }
