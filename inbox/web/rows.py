"""The lines of a list of cases, gathered in a handful of statements however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.agent import Agent
from cases.case import Case
from cases.contact import Contact
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from inbox.web import chips, times, words
from inbox.web.chips import Chip
from inbox.web.folders import Folder, holds
from inbox.web.order import PAGE, Order, Place, place_of, sorted_by


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list."""

    id: int
    who: str
    subject: str
    snippet: str
    age: str
    at: datetime
    unread: bool
    closed: bool
    assignee: str
    chips: list[Chip]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next page begins."""

    rows: list[Row]
    folder: Folder
    order: Order
    first: bool
    after: Place | None
    at: datetime


def page(
    session: Session,
    agent: Agent,
    folder: Folder,
    order: Order,
    behind: Place | None,
    now: datetime,
) -> Page:
    """One page of a folder."""
    query = sorted_by(with_people().where(holds(folder, agent, now)), order, behind)
    found = [(row[0], row[1]) for row in session.execute(query)]
    after = place_of(found[PAGE - 1][0], order) if len(found) > PAGE else None
    return Page(rows(session, found[:PAGE], now), folder, order, behind is None, after, now)


def with_people() -> Select[Case, Agent]:
    """Cases with all that a line needs of the people in it."""
    return (
        select(Case, Agent)
        .outerjoin(Agent, Agent.id == Case.assignee_id)
        .options(joinedload(Case.contact).selectinload(Contact.identifiers))
    )


def rows(session: Session, found: Sequence[tuple[Case, Agent | None]], now: datetime) -> list[Row]:
    """Lines of those cases."""
    truces = holds_of(session, {case.contact_id for case, _agent in found})
    answers = _bot_answers(session, [case.id for case, _agent in found])
    return [
        _row(case, agent, chips.of_row(case, truces[case.contact_id], answers.get(case.id, 0), now))
        for case, agent in found
    ]


def _row(case: Case, agent: Agent | None, its_chips: list[Chip]) -> Row:
    return Row(
        id=case.id,
        who=called(case.contact),
        subject=words.subject(case),
        snippet=case.snippet,
        age=times.short(case.last_at),
        at=case.last_at,
        unread=case.unread and case.is_open,
        closed=not case.is_open,
        assignee=agent.name if agent else "",
        chips=its_chips,
    )


def called(contact: Contact) -> str:
    """What to call them: their name, else their address."""
    return contact.name.strip() or contact.address or _("Unknown sender")


def holds_of(session: Session, contact_ids: set[int]) -> dict[int, list[Exclusion]]:
    """The exclusions of those contacts that nobody lifted."""
    found: dict[int, list[Exclusion]] = defaultdict(list)
    for row in session.scalars(
        select(Exclusion)
        .where(Exclusion.contact_id.in_(contact_ids), Exclusion.lifted_at.is_(None))
        .order_by(Exclusion.id)
    ):
        found[row.contact_id].append(row)
    return found


def _bot_answers(session: Session, case_ids: list[int]) -> dict[int, int]:
    gone = (Sent.CANCELLED, Sent.REJECTED)
    counted = session.execute(
        select(OutgoingMail.case_id, func.count())
        .where(
            OutgoingMail.case_id.in_(case_ids),
            OutgoingMail.automatic,
            OutgoingMail.state.not_in(gone),
        )
        .group_by(OutgoingMail.case_id)
    )
    return {row[0]: row[1] for row in counted}
