"""The lines of a list of cases, gathered in a handful of statements however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import priority, ranking
from cases.agent import Agent
from cases.case import Case
from cases.contact import Contact
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from inbox.web import chips, shelves, times, words
from inbox.web.asking import finding
from inbox.web.asking.finding import Slice
from inbox.web.chips import Chip
from inbox.web.direction import straight
from inbox.web.listed import Line, a_page, line, lines, with_people
from inbox.web.order import PAGE, Order, Place, by_weight, rules
from inbox.web.profile import absences
from inbox.web.saved import Column
from inbox.web.shelves import NOTHING, Content, Shelf
from inbox.web.visible import visible_to

PRESSING = 500
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
    away: str
    """That the assignee is not at work."""
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
    looks_on: bool = False
    """More cases may belong here: their messages were not looked into yet."""


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
    order = content.order_for(order)
    at = behind.at if order is Order.PRIORITY and behind is not None and behind.at else now
    found = _found(session, content, order, behind, at)
    shown = rows(found.lines, now, content.columns)
    if order is Order.PRIORITY:
        shown = _explained(session, shown, at)
    back_at = None if shown else _back_at(session, agent)
    return Page(
        *(shown, folder, content.title, order, behind is None, found.after, now, back_at),
        looks_on=found.back_to is not None,
    )


def _back_at(session: Session, agent: Agent) -> datetime | None:
    aside = Case.snoozed_at.is_not(None) & Case.snoozed_until.is_not(None)
    waiting = select(Case.snoozed_until).where(aside, visible_to(agent))
    return session.scalar(waiting.order_by(Case.snoozed_until).limit(1))


def _found(
    session: Session, content: Content, order: Order, behind: Place | None, at: datetime
) -> Slice:
    """The cases of the page, and where the next one begins."""
    if order is Order.PRIORITY:
        return _weighed(session, content, behind, at)
    if content.meaning is not None:
        return finding.in_a_moment(session, content.meaning, at, order, behind)
    return finding.cut(lines(session, a_page(content.which, order, behind, at)), order)


def _weighed(session: Session, content: Content, behind: Place | None, at: datetime) -> Slice:
    weight = ranking.weight_at(session, at)
    which = content.which
    if content.meaning is not None:
        which = finding.first(content.meaning, Order.DUE)
    first = select(Case.id, Case.due_at).where(which).order_by(*rules(Order.DUE, Case))
    # Taken first and looked at then: else the database believes that few have a deadline at all,
    # and sorts all that have one.
    some = first.limit(PRESSING).subquery()
    pressing = select(some.c.id).where(some.c.due_at.is_not(None))
    query = with_people(at).where(Case.id.in_(pressing))
    weighed = session.execute(by_weight(query.add_columns(weight), weight, behind))
    found = [(line(row), Place(at, row[0].id, row[-1])) for row in weighed]
    after = found[PAGE - 1][1] if len(found) > PAGE else None
    return Slice([line for line, _place in found[:PAGE]], after)


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


def rows(found: Sequence[Line], now: datetime, columns: frozenset[str] = ALL_COLUMNS) -> list[Row]:
    """Lines of those cases, with those columns."""
    return [_row(line, chips.of_row(line, now, columns), columns) for line in found]


def _row(line: Line, its_chips: list[Chip], columns: frozenset[str]) -> Row:
    case, agent = line.case, line.assignee if Column.ASSIGNEE in columns else None
    return Row(
        id=case.id,
        who=line.who,
        subject=words.subject(case),
        snippet=straight(line.snippet) if Column.SNIPPET in columns else "",
        age=times.short(case.last_at),
        at=case.last_at,
        unread=case.unread and case.is_open,
        closed=not case.is_open,
        assignee=agent.name if agent else "",
        away=absences.said(agent),
        chips=its_chips,
    )


def called(contact: Contact) -> str:
    """What to call them: their name, else their address."""
    return straight(contact.name).strip() or contact.address or _("Unknown sender")


def holds_of(session: Session, contact_ids: set[int]) -> dict[int, list[Exclusion]]:
    """The exclusions of those contacts that nobody lifted, what lasts longest first."""
    found: dict[int, list[Exclusion]] = defaultdict(list)
    for row in session.scalars(
        select(Exclusion)
        .where(Exclusion.contact_id.in_(contact_ids), Exclusion.lifted_at.is_(None))
        .order_by(Exclusion.until.desc().nulls_first(), Exclusion.id)
    ):
        found[row.contact_id].append(row)
    return found
