"""Who changed what: one table that is only added to, each line bound to the one before it.

A line's seal is a keyed hash of the line and of the seal before it, so that whoever changes the
database without the installation's secret cannot change, add or take out a line unseen.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.db import Base, hold
from cases.signing import sign, verify

LOCK, PURPOSE, AT_ONCE = "audit", "audit", 1000


class Entry(Base):
    """One change. Its data name no customer."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_what", "what", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[str]
    """Kind of thing and what was done to it, such as `user.stopped`."""
    about: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal: Mapped[str]

    def text(self) -> str:
        """All that the seal stands for, but for the seal before."""
        said = [self.number, self.at.isoformat(), self.by, self.what, self.about, self.data]
        return json.dumps(said, ensure_ascii=False, sort_keys=True)


def note(session: Session, *, by: str, what: str, about: object, **data: Any) -> None:
    """Have the change written down with this transaction."""
    entry = Entry(by=by, what=what, about=str(about)[:200], data=data, at=clock.now())
    session.info.setdefault("audited", []).append(entry)


def write(session: Session) -> None:
    """Called at the end of every transaction, last of all: the chain is held for a moment only."""
    entries: list[Entry] = session.info.pop("audited", [])
    if not entries:
        return
    hold(session, LOCK)
    newest = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).first()
    number, seal = (newest.number, newest.seal) if newest else (0, "")
    for entry in entries:
        number += 1
        entry.number = number
        entry.seal = seal = sign(PURPOSE, f"{seal}\n{entry.text()}")
        session.add(entry)
    session.flush()


def broken(session: Session) -> int | None:
    """The number of the first line that does not fit, or None if the whole chain does."""
    expected, seal = 1, ""
    for entry in _all(session):
        fits = verify(PURPOSE, f"{seal}\n{entry.text()}", entry.seal)
        if entry.number != expected or not fits:
            return expected
        expected, seal = entry.number + 1, entry.seal
    return None


def _all(session: Session) -> Iterator[Entry]:
    """All lines from the first on, some at a time."""
    last = 0
    while True:
        some = session.scalars(
            select(Entry).where(Entry.number > last).order_by(Entry.number).limit(AT_ONCE)
        ).all()
        yield from some
        if len(some) < AT_ONCE:
            return
        last = some[-1].number
