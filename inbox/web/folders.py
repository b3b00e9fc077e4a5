"""The views of the inbox: which cases each shows, in which order, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select

from cases import mention
from cases.agent import Agent
from cases.case import Case, State
from cases.language import gettext as _
from inbox.web import chips
from inbox.web.visible import open_to, visible_to

MANY = 100
"""Counted no further: the screen says 99+."""


class Folder(StrEnum):
    """A view of the inbox."""

    UNASSIGNED = "unassigned"
    MINE = "mine"
    MENTIONED = "mentioned"
    SNOOZED = "snoozed"
    RISK = "risk"
    ALL = "all"
    CLOSED = "closed"
    BULK = "bulk"


NAMES = frozenset(Folder)
ICONS: Mapping[Folder, str] = {
    Folder.UNASSIGNED: "inbox",
    Folder.MINE: "user",
    Folder.MENTIONED: "at-sign",
    Folder.SNOOZED: "moon",
    Folder.RISK: "alarm-clock",
    Folder.ALL: "layers",
    Folder.CLOSED: "archive",
    Folder.BULK: "bot",
}


def name(folder: Folder) -> str:
    return {
        Folder.UNASSIGNED: _("Unassigned"),
        Folder.MINE: _("Mine"),
        Folder.MENTIONED: _("Mentioned"),
        Folder.SNOOZED: _("Laid aside"),
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
    awake = is_open & Case.snoozed_at.is_(None)
    rule = {
        Folder.UNASSIGNED: awake & Case.assignee_id.is_(None),
        Folder.MINE: awake & (Case.assignee_id == agent.id),
        Folder.MENTIONED: person & mention.of(agent),
        Folder.SNOOZED: is_open & Case.snoozed_at.is_not(None),
        Folder.RISK: is_open & at_risk,
        Folder.ALL: is_open,
        Folder.CLOSED: person & (Case.state == State.CLOSED),
        Folder.BULK: Case.bulk & Case.merged_into_id.is_(None),
    }[folder]
    # Who is named in a note sees its case, whoever it belongs to.
    return rule & (open_to(agent) if folder is Folder.MENTIONED else visible_to(agent))


@dataclass(frozen=True, slots=True)
class Line:
    """A folder as the navigation shows it."""

    folder: Folder
    name: str
    icon: str
    count: str


UNCOUNTED = (Folder.CLOSED, Folder.BULK)
COUNTED: tuple[Folder, ...] = tuple(one for one in Folder if one not in UNCOUNTED)


def counts(agent: Agent, now: datetime) -> dict[str, ColumnElement[int]]:
    """How many cases are in each folder that is counted: to be asked with others in one go."""
    return {folder.value: _capped(folder, agent, now) for folder in COUNTED}


def lines(found: Mapping[str, int]) -> list[Line]:
    """All folders, with those counts."""
    return [
        Line(folder, name(folder), ICONS[folder], said_count(found.get(folder.value, 0)))
        for folder in Folder
    ]


def _capped(folder: Folder, agent: Agent, now: datetime) -> ColumnElement[int]:
    which = holds(folder, agent, now)
    if folder is Folder.MENTIONED:
        which &= mention.of(agent, unseen=True)
    return capped(which)


def capped(which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many cases those are, counted no further than anybody needs to know."""
    some = select(Case.id).where(which).limit(MANY).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def said_count(number: int) -> str:
    """The number, no larger than anybody needs to know."""
    if not number:
        return ""
    return str(number) if number < MANY else f"{MANY - 1}+"
