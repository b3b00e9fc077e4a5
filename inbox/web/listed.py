"""Cases with all that a line of a list shows of them, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.agent import Agent
from cases.case import Case
from cases.contact import Contact, Identifier, Kind
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from inbox.web.order import Order, Place, rules, sorted_by

Listed = Select[Case, Agent, str, int, int, datetime]
_GONE = (Sent.CANCELLED, Sent.REJECTED)
_CLOSING, _FURTHER, _DATED = 2, 1, 0


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
    hold: int | None
    hold_until: datetime | None

    @property
    def who(self) -> str:
        """What to call the customer: their name, else their address."""
        return self.case.contact.name.strip() or self.address or _("Unknown sender")

    @property
    def held(self) -> Held | None:
        """The truce of its customer, if there is one."""
        return None if self.hold is None else Held(self.hold == _CLOSING, self.hold_until)


def with_people(now: datetime) -> Listed:
    """Cases with their lines."""
    return (
        select(Case, Agent, _address(), _answers(), *_truce(now))
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
    return [Line(*row[:6]) for row in session.execute(query)]


def held(holds: Sequence[Exclusion]) -> Held | None:
    """The sum of those exclusions, which hold now."""
    if not holds:
        return None
    closing = any(one.until is None and one.reason is Reason.OPEN_CASE for one in holds)
    return Held(closing, max((one.until for one in holds if one.until), default=None))


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


def _truce(now: datetime) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What of a hold without an end is worst, and the last end of the others."""
    live = (
        (Exclusion.contact_id == Case.contact_id)
        & Exclusion.lifted_at.is_(None)
        & (Exclusion.starts_at <= now)
        & or_(Exclusion.until.is_(None), Exclusion.until > now)
    )
    closing = Exclusion.until.is_(None) & (Exclusion.reason == Reason.OPEN_CASE)
    rank = case((closing, _CLOSING), (Exclusion.until.is_(None), _FURTHER), else_=_DATED)
    worst = select(cast(func.max(rank), Integer)).where(live).correlate(Case).scalar_subquery()
    last = select(func.max(Exclusion.until)).where(live).correlate(Case).scalar_subquery()
    return worst, last
