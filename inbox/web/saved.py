"""Saved views: a search with a name, for oneself, a team or everybody.

Those that are shipped stand in DEFAULTS; who changes or removes one makes a row in its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, and_, false, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.agent import Agent, Role
from cases.db import Base
from cases.language import gettext as _
from inbox.web.asking.asker import Asker
from inbox.web.asking.meaning import Meaning, understand
from inbox.web.asking.nodes import NotUnderstood
from inbox.web.ids import whole
from inbox.web.order import Order

MOST = 100
"""Views of one person; who has more finds only the first of them."""


class Audience(StrEnum):
    """Who sees a view."""

    PRIVATE = "private"
    TEAM = "team"
    EVERYONE = "everyone"


class Column(StrEnum):
    """What a line of a list may show besides customer and subject."""

    SNIPPET = "snippet"
    ASSIGNEE = "assignee"
    DEADLINE = "deadline"
    MOOD = "mood"
    TRUCE = "truce"
    BOT = "bot"
    TYPE = "type"
    TAGS = "tags"


class SavedView(Base):
    """One view as people made or changed it."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    """The shipped view in whose place it stands."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"), index=True)
    audience: Mapped[Audience]
    team: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    query: Mapped[str]
    sort: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(default=list)
    counted: Mapped[bool] = mapped_column(default=True)
    pinned: Mapped[bool] = mapped_column(default=True)
    place: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class View:
    """A view as pages show it; `code` names it in addresses."""

    code: str
    name: str
    query: str
    sort: Order = Order.DUE
    columns: frozenset[str] = frozenset(Column)
    counted: bool = True
    pinned: bool = True
    place: int = 0
    audience: Audience = Audience.EVERYONE
    owner_id: int | None = None

    @property
    def value(self) -> str:
        """What stands in the address of its list."""
        return f"view-{self.code}"

    def may_be_changed_by(self, agent: Agent) -> bool:
        """One's own by oneself; what others see also by those who lead them."""
        leads = agent.role in (Role.SUPERVISOR, Role.ADMIN)
        shared = self.audience is not Audience.PRIVATE
        return self.owner_id == agent.id or (leads and shared)


def defaults() -> tuple[View, ...]:
    """The views that everybody begins with."""
    return (
        View("angry", _("Angry customers"), "is:open mood:angry", place=1),
        View("vip", _("Important customers"), "is:open is:vip", place=2),
        View("review", _("To be checked"), "is:open is:review", Order.NEWEST, place=3),
        View("waiting", _("Waiting for the customer"), "is:waiting", Order.OLDEST, place=4),
    )


def seen_by(session: Session, agent: Agent) -> list[View]:
    """All views that the agent has, in their order."""
    query = select(SavedView).where(may_see(agent)).order_by(*own_first(agent)).limit(MOST)
    return in_order(session.scalars(query).all())


def may_see(agent: Agent) -> ColumnElement[bool]:
    """The rows that make their views; what is removed counts where it replaces a shipped one."""
    kept_or_shipped = or_(SavedView.removed_at.is_(None), SavedView.key.is_not(None))
    return and_(_theirs(agent), kept_or_shipped)


def own_first(agent: Agent) -> tuple[ColumnElement[Any], ...]:
    """So that no colleague with many views for everybody crowds them out."""
    return SavedView.key.is_(None), SavedView.owner_id != agent.id, SavedView.id.asc()


def in_order(found: Sequence[SavedView]) -> list[View]:
    """Those rows as views, among the shipped ones that they do not replace."""
    replaced = {row.key for row in found}
    kept = [one for one in defaults() if one.code not in replaced]
    made = [_view(row) for row in found if row.removed_at is None]
    return sorted((*kept, *made), key=lambda view: (view.place, view.code))


def _theirs(agent: Agent) -> ColumnElement[bool]:
    team = SavedView.team == agent.team if agent.team else false()
    return or_(
        SavedView.owner_id == agent.id,
        SavedView.audience == Audience.EVERYONE,
        and_(SavedView.audience == Audience.TEAM, team),
        SavedView.key.is_not(None),
    )


def _view(row: SavedView) -> View:
    return View(
        code=row.key or str(row.id),
        name=row.name,
        query=row.query,
        sort=Order(row.sort),
        columns=frozenset(row.columns),
        counted=row.counted,
        pinned=row.pinned,
        place=row.place,
        audience=row.audience,
        owner_id=row.owner_id,
    )


def named(session: Session, agent: Agent, code: str) -> View | None:
    """The view of that code, if the agent has it."""
    return next((view for view in seen_by(session, agent) if view.code == code), None)


def holds(session: Session, view: View, agent: Agent, now: datetime) -> Meaning:
    """The cases in it; none where its search is understood no more, as after a type was renamed."""
    try:
        return understand(view.query, Asker(session, agent, now))
    except NotUnderstood:
        return Meaning(false(), None, None)


def keep(session: Session, view: View, *, by: Agent, at: datetime) -> SavedView:
    """Write it down, as a new one or in its place."""
    row = _row(session, view)
    if row is None:
        shipped = {one.code for one in defaults()}
        row = SavedView(key=view.code if view.code in shipped else None, created_at=at)
        row.owner_id = None if row.key else by.id
        session.add(row)
    row.audience, row.team = view.audience, by.team if view.audience is Audience.TEAM else ""
    row.name, row.query, row.sort = view.name, view.query, view.sort.value
    row.columns, row.counted, row.pinned = sorted(view.columns), view.counted, view.pinned
    row.place, row.removed_at = view.place, None
    session.flush()
    return row


def _row(session: Session, view: View) -> SavedView | None:
    which = SavedView.key == view.code
    if (number := whole(view.code)) is not None:
        which = SavedView.id == number
    return session.scalars(select(SavedView).where(which).with_for_update()).one_or_none()


def remove(session: Session, view: View, *, by: Agent, at: datetime) -> int:
    """Take it away from all who see it; gives the number by which it can be brought back."""
    row = keep(session, view, by=by, at=at)
    row.removed_at = at
    return row.id


def bring_back(session: Session, number: int, *, by: Agent) -> bool:
    """Undo a removal; False if there is nothing the agent could bring back."""
    row = session.get(SavedView, number, with_for_update=True)
    if row is None or not _view(row).may_be_changed_by(by):
        return False
    row.removed_at = None
    return True


def moved(views: Sequence[View], code: str, by: int) -> Iterable[View]:
    """Those whose place changes when one goes up or down among all."""
    codes = [view.code for view in views]
    here = codes.index(code)
    there = min(max(here + by, 0), len(codes) - 1)
    codes.insert(there, codes.pop(here))
    places = {one: place for place, one in enumerate(codes, start=1)}
    return (replace(v, place=places[v.code]) for v in views if v.place != places[v.code])


def audience_name(value: Audience) -> str:
    return {
        Audience.PRIVATE: _("Only for me"),
        Audience.TEAM: _("For my team"),
        Audience.EVERYONE: _("For everybody"),
    }[value]


def column_name(value: Column) -> str:
    return {
        Column.SNIPPET: _("Beginning of the mail"),
        Column.ASSIGNEE: _("Assignee"),
        Column.DEADLINE: _("Deadline"),
        Column.MOOD: _("Mood"),
        Column.TRUCE: _("Truce"),
        Column.BOT: _("Bot"),
        Column.TYPE: _("Type"),
        Column.TAGS: _("Tags"),
    }[value]
