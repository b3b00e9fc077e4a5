"""The lines of a list of cases, gathered in a handful of statements however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import priority, ranking
from cases.agent import Agent
from cases.case import Case
from cases.contact import Contact
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from inbox.web import chips, shelves, times, words
from inbox.web.chips import Chip
from inbox.web.order import PAGE, Order, Place, by_weight, place_of, sorted_by
from inbox.web.saved import Column
from inbox.web.shelves import NOTHING, Content, Shelf
from inbox.web.visible import visible_to

PRESSING = 1000
"""Weighed are the cases that are due first: nobody reads further by weight."""
ALL_COLUMNS = frozenset(Column)


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
    folder: Shelf
    title: str
    order: Order
    first: bool
    after: Place | None
    at: datetime
    back_at: datetime | None = None
    """When the next case that was laid aside comes back; asked where a list is empty."""


def page(
    session: Session,
    agent: Agent,
    folder: Shelf,
    order: Order | None,
    behind: Place | None,
    now: datetime,
) -> Page:
    """One page of a folder or view; in its own order where none is said."""
    content = shelves.content(session, folder, agent, now) or NOTHING
    order = order or content.order
    at = behind.at if order is Order.PRIORITY and behind is not None and behind.at else now
    found = _found(session, content, order, behind, at)
    after = found[PAGE - 1][2] if len(found) > PAGE else None
    lines = rows(session, [one[:2] for one in found[:PAGE]], now, content.columns)
    if order is Order.PRIORITY:
        lines = _explained(session, lines, at)
    back_at = None if lines else _back_at(session, agent)
    return Page(lines, folder, content.title, order, behind is None, after, now, back_at)


def _back_at(session: Session, agent: Agent) -> datetime | None:
    waiting = select(Case.snoozed_until).where(visible_to(agent), Case.snoozed_until.is_not(None))
    return session.scalar(waiting.order_by(Case.snoozed_until).limit(1))


def _found(
    session: Session, content: Content, order: Order, behind: Place | None, at: datetime
) -> list[tuple[Case, Agent | None, Place]]:
    """The cases of the page and one more, with their places."""
    query = with_people().where(content.which)
    if order is not Order.PRIORITY:
        found = session.execute(sorted_by(query, order, behind))
        return [(row[0], row[1], place_of(row[0], order)) for row in found]
    weight = ranking.weight_at(session, at)
    pressing = select(Case.id).where(content.which, Case.due_at.is_not(None))
    pressing = pressing.order_by(Case.due_at, Case.id.desc()).limit(PRESSING)
    query = with_people().where(Case.id.in_(pressing))
    weighed = session.execute(by_weight(query.add_columns(weight), weight, behind))
    return [(row[0], row[1], Place(at, row[0].id, row[2])) for row in weighed]


def _explained(session: Session, lines: list[Row], at: datetime) -> list[Row]:
    """The lines with what they weigh, and why."""
    facts = ranking.facts_of(session, [line.id for line in lines])
    scores = {line.id: priority.score(facts[line.id], at) for line in lines}
    return [
        replace(
            line,
            chips=[chips.weight(scores[line.id]), *line.chips],
            snippet=chips.reasons(scores[line.id]) or line.snippet,
        )
        for line in lines
    ]


def with_people() -> Select[Case, Agent]:
    """Cases with all that a line needs of the people in it."""
    return (
        select(Case, Agent)
        .outerjoin(Agent, Agent.id == Case.assignee_id)
        .options(joinedload(Case.contact).selectinload(Contact.identifiers))
    )


def rows(
    session: Session,
    found: Sequence[tuple[Case, Agent | None]],
    now: datetime,
    columns: frozenset[str] = ALL_COLUMNS,
) -> list[Row]:
    """Lines of those cases, with those columns."""
    truces = holds_of(session, {case.contact_id for case, _agent in found})
    answers = _bot_answers(session, [case.id for case, _agent in found])
    return [
        _row(
            case,
            agent if Column.ASSIGNEE in columns else None,
            chips.of_row(case, truces[case.contact_id], answers.get(case.id, 0), now, columns),
            snippet=Column.SNIPPET in columns,
        )
        for case, agent in found
    ]


def _row(case: Case, agent: Agent | None, its_chips: list[Chip], *, snippet: bool) -> Row:
    return Row(
        id=case.id,
        who=called(case.contact),
        subject=words.subject(case),
        snippet=case.snippet if snippet else "",
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
