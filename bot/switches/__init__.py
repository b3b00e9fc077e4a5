"""Which replies are switched on, and where: everywhere, by mailbox, team or complaint type."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.kinds import ACKNOWLEDGEMENT, Mode
from bot.settings import settings
from cases.case import Case
from cases.db import Base
from classifiers import taxonomy

EVERYTHING = "*"
"""Stands for every reply: switched off everywhere, nothing is said by itself any more."""


class Scope(StrEnum):
    """Where a switch is valid; what comes later here is narrower and wins."""

    ALL = "all"
    MAILBOX = "mailbox"
    TEAM = "team"
    TYPE = "type"
    """A leaf of the taxonomy, or a branch with all its leaves."""


class Switch(Base):
    """One reply, in one scope."""

    __tablename__ = "reply_switch"
    __table_args__ = (UniqueConstraint("reply", "scope", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reply: Mapped[str]
    scope: Mapped[Scope] = mapped_column(default=Scope.ALL)
    value: Mapped[str] = mapped_column(default="")
    """Id of the mailbox, name of the team, or code of the type."""
    mode: Mapped[Mode]
    quiet_hours: Mapped[str] = mapped_column(default="")
    """Other quiet hours for this reply, as 21:00-08:00; "" for the usual ones."""
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case lies, as switches look at it."""

    mailbox: str = ""
    team: str = ""
    type: str = ""

    def lies_in(self, scope: Scope, value: str) -> bool:
        """Whether a switch of that scope is about this place."""
        if scope is Scope.TYPE:
            return bool(value) and taxonomy.covers(value, self.type)
        return value == {Scope.MAILBOX: self.mailbox, Scope.TEAM: self.team}.get(scope, "")


@dataclass(frozen=True, slots=True)
class Switches:
    """All switches at one instant."""

    rows: tuple[Switch, ...] = field(default_factory=tuple)

    def mode(self, reply: str, place: Place = Place()) -> Mode:
        """What that reply may do there."""
        if any(row.reply == EVERYTHING and row.mode is Mode.OFF for row in self._near(place)):
            return Mode.OFF
        near = [row for row in self._near(place) if row.reply == reply]
        return near[-1].mode if near else default(reply)

    def quiet_hours(self, reply: str, place: Place) -> str:
        """When that reply keeps quiet there."""
        own = [row.quiet_hours for row in self._near(place) if row.reply == reply]
        return next((text for text in reversed(own) if text), settings().quiet_hours)

    def _near(self, place: Place) -> Iterable[Switch]:
        return (row for row in self.rows if place.lies_in(row.scope, row.value))


def default(reply: str) -> Mode:
    """What a reply may do where nobody said anything."""
    if reply == ACKNOWLEDGEMENT:
        return Mode.SEND if settings().acknowledge else Mode.OFF
    return Mode.SHADOW


def load(session: Session) -> Switches:
    """The switches of now, from the widest to the narrowest scope."""
    order = list(Scope)
    rows = session.scalars(select(Switch)).all()
    narrow = sorted(rows, key=lambda row: (order.index(row.scope), len(row.value), row.id))
    return Switches(tuple(narrow))


def place_of(case: Case) -> Place:
    """Where that case lies."""
    box = case.mailbox
    return Place(str(box.id) if box else "", box.team if box else "", case.type or "")
