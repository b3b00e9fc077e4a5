"""What a list may show: a folder of the inbox or a saved view, named alike in addresses."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Session

from cases.agent import Agent
from inbox.web import folders, saved
from inbox.web.asking.meaning import Meaning
from inbox.web.folders import NAMES, Folder
from inbox.web.order import Order
from inbox.web.saved import Column

_VIEW = "view-"


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved view, known by its code alone."""

    code: str

    @property
    def value(self) -> str:
        """What stands in the address."""
        return f"{_VIEW}{self.code}"


Shelf = Folder | Saved


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on a shelf."""

    title: str
    which: ColumnElement[bool]
    order: Order = Order.DUE
    columns: frozenset[str] = frozenset(Column)
    query: str = ""
    """The search of a saved view."""
    owes: bool = True
    """Whether anything is owed in it: what is closed has no deadline, and presses nobody."""
    meaning: Meaning | None = None
    """Its search as it was understood."""

    def order_for(self, wanted: Order | None) -> Order:
        """The order that is wanted, where it means something."""
        order = wanted or self.order
        return order if self.owes or order in (Order.NEWEST, Order.OLDEST) else Order.NEWEST


def shelf(name: str) -> Shelf | None:
    """The folder or view of that name."""
    if name in NAMES:
        return Folder(name)
    code = name.removeprefix(_VIEW)
    return Saved(code) if code != name and code.isalnum() and len(code) <= 20 else None


def content(session: Session, what: Shelf, agent: Agent, now: datetime) -> Content | None:
    """What stands there; None for a view that the agent does not have."""
    if isinstance(what, Folder):
        owes = what not in folders.UNCOUNTED
        return Content(folders.name(what), folders.holds(what, agent, now), owes=owes)
    view = saved.named(session, agent, what.code)
    if view is None:
        return None
    meaning = saved.holds(session, view, agent, now)
    return Content(
        *(view.name, meaning.which, view.sort, view.columns, view.query), meaning=meaning
    )


NOTHING = Content("", false())
