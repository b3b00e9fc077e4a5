"""Cases with all that a line of a list shows of them, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Row, Select, cast, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.agent import Agent
from cases.case import Case
from cases.contact import Contact, Identifier, Kind
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from cases.mail import Origin
from cases.message import Message
from inbox.web.order import Order, Place, rules, sorted_by

Listed = Select[Case, Agent, str, int, int, datetime, str]
SNIPPET = 160
_GONE = (Sent.CANCELLED, Sent.REJECTED)


@dataclass(frozen=True, slots=True)
class Held:
    """How long marketing must wait for a person, if anybody knows."""

    until_closed: bool
    until: datetime | None


class Line(NamedTuple):
    """One case, and what its line says of the people in it."""

    case: Case
    assignee: Agent | None
    address: str | None
    answers: int
    """How often the program spoke by itself."""
    held_further: int | None
    """Whether without an end."""
    held_until: datetime | None
    newest: str | None
    """How the newest mail of a customer begins."""

    @property
    def who(self) -> str:
        """What to call the customer: their name, else their address."""
        return self.case.contact.name.strip() or self.address or _("Unknown sender")

    @property
    def snippet(self) -> str:
        """What the customer said last, in one line."""
        return " ".join((self.newest or self.case.snippet).split())[:SNIPPET]

    @property
    def held(self) -> Held | None:
        """The truce of its customer beyond that of any open case, if there is one."""
        if self.held_further is None:
            return None
        return Held(until_closed=False, until=None if self.held_further else self.held_until)


def with_people(now: datetime) -> Listed:
    """Cases with their lines."""
    return (
        select(Case, Agent, _address(), _answers(), *_truce(now), _newest())
        .join(Contact, Contact.id == Case.contact_id)
        .outerjoin(Agent, Agent.id == Case.assignee_id)
        .options(contains_eager(Case.contact))
    )


def a_page(which: ColumnElement[bool], order: Order, behind: Place | None, now: datetime) -> Listed:
    """The lines of one page and one more. Nobody is joined to cases that the page does not show."""
    these = sorted_by(select(Case.id).where(which), order, behind).subquery()
    return with_people(now).where(Case.id.in_(select(these.c.id))).order_by(*rules(order, Case))


def lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[Line]:
    """What such a query finds."""
    return [line(row) for row in session.execute(query)]


def line(row: Row[*tuple[Any, ...]]) -> Line:
    """The line of a row, whatever else was asked for behind it."""
    return Line(*row[: len(Line._fields)])


def held(holds: Sequence[Exclusion]) -> Held | None:
    """The sum of those exclusions, which hold now."""
    if not holds:
        return None
    endless = {one.reason for one in holds if one.until is None}
    if endless - {Reason.OPEN_CASE}:
        return Held(until_closed=False, until=None)
    return Held(bool(endless), max((one.until for one in holds if one.until), default=None))


def _address() -> ColumnElement[str]:
    """The address that comes first, for who has no name."""
    theirs = select(Identifier.original).where(
        Identifier.contact_id == Case.contact_id, Identifier.kind == Kind.ADDRESS
    )
    first = theirs.order_by(Identifier.preferred.desc(), Identifier.id).limit(1)
    return first.correlate(Case).scalar_subquery()


def _answers() -> ColumnElement[int]:
    ours = OutgoingMail.automatic & OutgoingMail.state.not_in(_GONE)
    counted = select(func.count()).where(OutgoingMail.case_id == Case.id, ours)
    return counted.correlate(Case).scalar_subquery()


def _newest() -> ColumnElement[str]:
    said = (Message.case_id == Case.id) & (Message.origin == Origin.CUSTOMER)
    newest = select(func.substr(Message.new_text, 1, 4 * SNIPPET)).where(said)
    order = (Message.arrived_at.desc(), Message.id.desc())
    return newest.order_by(*order).limit(1).correlate(Case).scalar_subquery()


def _truce(now: datetime) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Whether a hold has no end, and the last end: an open case goes without saying in a list."""
    live = (
        (Exclusion.contact_id == Case.contact_id)
        & (Exclusion.reason != Reason.OPEN_CASE)
        & Exclusion.lifted_at.is_(None)
        & (Exclusion.starts_at <= now)
        & or_(Exclusion.until.is_(None), Exclusion.until > now)
    )
    endless = func.max(cast(Exclusion.until.is_(None), Integer))
    further = select(endless).where(live).correlate(Case).scalar_subquery()
    last = select(func.max(Exclusion.until)).where(live).correlate(Case).scalar_subquery()
    return further, last
