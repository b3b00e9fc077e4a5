"""Whose sum of what we wrote is no longer so: something else than a new message changed it.

A message was taken back or went to another case, a case or an address to another person. It is
noticed here and reckoned anew by the next look of `ours`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, event, insert, or_, select
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.attributes import instance_state

from cases.case import Case
from cases.contact import Identifier, Kind
from cases.db import Base
from cases.message import Direction, Message
from cases.rows.among import among

Name = tuple[Kind, str]
OF_MESSAGE = ("case_id", "case", "withdrawn_at", "origin", "direction", "rule", "arrived_at")
OF_CASE = ("contact_id", "contact")
OF_IDENTIFIER = ("contact_id", "contact", "kind", "value")


class ToWeigh(Base):
    """One name to be weighed anew. There may be many of the same, and none is taken too early:
    whoever changed something wrote a row of their own."""

    __tablename__ = "to_weigh"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    value: Mapped[str]


@dataclass
class _Noted:
    """What a transaction changed: rows as they will be, and as they were."""

    rows: list[Message | Case | Identifier] = field(default_factory=list)
    contacts: set[int] = field(default_factory=set)
    cases: set[int] = field(default_factory=set)
    names: set[Name] = field(default_factory=set)


def note(session: Session, *contact_ids: int) -> None:
    """Have all that we wrote to them reckoned anew, at whatever they are known by then."""
    _noted(session).contacts.update(contact_ids)


def _noted(session: Session) -> _Noted:
    noted: _Noted = session.info.setdefault("to_weigh", _Noted())
    return noted


@event.listens_for(Session, "before_flush")
def _notice(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for one in session.new:
        # Nothing weighs on a person whom nobody knew before.
        if isinstance(one, Identifier) and one.__dict__.get("contact") not in session.new:
            _noted(session).rows.append(one)
    for one in (*session.dirty, *session.deleted):
        gone = one in session.deleted
        if isinstance(one, Message) and one.direction is Direction.OUT:
            _changed(session, one, OF_MESSAGE, gone)
        elif isinstance(one, Case):
            _changed(session, one, OF_CASE, gone)
        elif isinstance(one, Identifier):
            _changed(session, one, OF_IDENTIFIER, gone)


def _changed(
    session: Session, one: Message | Case | Identifier, names: Iterable[str], gone: bool
) -> None:
    """Keep whose it was; whose it is can be told when it is written."""
    attributes = instance_state(one).attrs
    if not gone and not any(attributes[name].history.has_changes() for name in names):
        return
    noted = _noted(session)
    if isinstance(one, Message):
        noted.cases |= {one.case_id, *_before(one, "case_id")}
    else:
        noted.contacts |= {one.contact_id, *_before(one, "contact_id")}
    if isinstance(one, Identifier):
        noted.names |= {(one.kind, value) for value in (one.value, *_before(one, "value"))}
    if not gone:
        noted.rows.append(one)


def _before(one: Message | Case | Identifier, name: str) -> Sequence[Any]:
    """What was there before, if it is another thing now."""
    return instance_state(one).attrs[name].history.deleted or ()


def follow(session: Session) -> None:
    """Write down whom it concerns; called at the end of every transaction."""
    noted: _Noted | None = session.info.pop("to_weigh", None)
    if noted is None:
        return
    cases = noted.cases | {one.case_id for one in noted.rows if isinstance(one, Message)}
    contacts = noted.contacts | {
        one.contact_id for one in noted.rows if not isinstance(one, Message)
    }
    of_cases = select(Case.contact_id).where(among(Case.id, cases))
    theirs = or_(among(Identifier.contact_id, contacts), Identifier.contact_id.in_(of_cases))
    known = select(Identifier.kind, Identifier.value).where(theirs)
    session.execute(insert(ToWeigh).from_select(["kind", "value"], known))
    if noted.names:
        names = [{"kind": kind, "value": value} for kind, value in sorted(noted.names)]
        session.execute(insert(ToWeigh), names)


def waiting(session: Session) -> bool:
    """Whether anybody is to be weighed anew."""
    return session.scalar(select(ToWeigh.id).limit(1)) is not None


def take(session: Session, at_most: int) -> set[Name]:
    """The names that waited longest; they wait no more if the transaction ends well."""
    rows = session.execute(
        select(ToWeigh.id, ToWeigh.kind, ToWeigh.value).order_by(ToWeigh.id).limit(at_most)
    ).all()
    session.execute(delete(ToWeigh).where(among(ToWeigh.id, [row.id for row in rows])))
    return {(row.kind, row.value) for row in rows}


def owners(session: Session, names: Collection[Name]) -> dict[Name, int]:
    """Whose those names are; what is nobody's is left out."""
    values = sorted({value for _kind, value in names})
    columns = Identifier.kind, Identifier.value, Identifier.contact_id
    rows = session.execute(select(*columns).where(among(Identifier.value, values)))
    return {(kind, value): whose for kind, value, whose in rows if (kind, value) in names}
