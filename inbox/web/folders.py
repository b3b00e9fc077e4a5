"""The views of the inbox: which cases each shows, in which order, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cases.agent import Agent
from cases.case import Case, State
from cases.language import gettext as _
from inbox.web import chips
from inbox.web.visible import visible_to

MANY = 100
"""Counted no further: the screen says 99+."""


class Folder(StrEnum):
    """A view of the inbox."""

    UNASSIGNED = "unassigned"
    MINE = "mine"
    RISK = "risk"
    ALL = "all"
    CLOSED = "closed"
    BULK = "bulk"


NAMES = frozenset(Folder)
ICONS: Mapping[Folder, str] = {
    Folder.UNASSIGNED: "inbox",
    Folder.MINE: "user",
    Folder.RISK: "alarm-clock",
    Folder.ALL: "layers",
    Folder.CLOSED: "archive",
    Folder.BULK: "bot",
}


def name(folder: Folder) -> str:
    return {
        Folder.UNASSIGNED: _("Unassigned"),
        Folder.MINE: _("Mine"),
        Folder.RISK: _("Deadline at risk"),
        Folder.ALL: _("All open"),
        Folder.CLOSED: _("Closed cases"),
        Folder.BULK: _("Bots and lists"),
    }[folder]


def holds(folder: Folder, agent: Agent, now: datetime) -> ColumnElement[bool]:
    """Which cases are in it, of those the agent may see."""
    person = (Case.bulk.is_(False)) & Case.merged_into_id.is_(None)
    is_open = person & (Case.state != State.CLOSED)
    at_risk = Case.due_at.is_not(None) & (Case.due_at <= now + chips.margin())
    rule = {
        Folder.UNASSIGNED: is_open & Case.assignee_id.is_(None),
        Folder.MINE: is_open & (Case.assignee_id == agent.id),
        Folder.RISK: is_open & at_risk,
        Folder.ALL: is_open,
        Folder.CLOSED: person & (Case.state == State.CLOSED),
        Folder.BULK: Case.bulk & Case.merged_into_id.is_(None),
    }[folder]
    return rule & visible_to(agent)


@dataclass(frozen=True, slots=True)
class Line:
    """A folder as the navigation shows it."""

    folder: Folder
    name: str
    icon: str
    count: str


COUNTED = (Folder.UNASSIGNED, Folder.MINE, Folder.RISK, Folder.ALL)


def lines(session: Session, agent: Agent, now: datetime) -> list[Line]:
    """All folders with their counts, in one statement."""
    counts = [_capped(folder, agent, now).label(folder.value) for folder in COUNTED]
    found = session.execute(select(*counts)).one()
    said = dict(zip(COUNTED, map(said_count, found), strict=True))
    return [Line(folder, name(folder), ICONS[folder], said.get(folder, "")) for folder in Folder]


def _capped(folder: Folder, agent: Agent, now: datetime) -> ColumnElement[int]:
    some = select(Case.id).where(holds(folder, agent, now)).limit(MANY).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def said_count(number: int) -> str:
    """The number, no larger than anybody needs to know."""
    if not number:
        return ""
    return str(number) if number < MANY else f"{MANY - 1}+"
