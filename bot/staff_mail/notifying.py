"""Agents are told what concerns them: a case given to them, a note that names them, a promise
about to break. In the page and by mail, as each of them chose."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import staff_mail
from bot.settings import settings as bot_settings
from bot.staff_mail import Letter
from cases import clock
from cases.agent import Agent
from cases.case import Case
from cases.db import Base
from cases.history import Event, What
from cases.language import gettext as _
from cases.language import speaking
from cases.mention import Mention
from cases.rows.among import among

LONGEST_SUBJECT, MANY = 120, 100
_UNSEEN = text("seen_at IS NULL")


class Kind(StrEnum):
    """What somebody is told."""

    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    WARNED = "warned"
    BREACHED = "breached"
    QUIET = "quiet"


class Notification(Base):
    """One thing that one agent is told in the page."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_unseen", "agent_id", postgresql_where=_UNSEEN, sqlite_where=_UNSEEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """The same thing is told once, however often its event is read."""
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[Kind]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class NotifyChoice(Base):
    """How one agent wants to be told of one kind; without a row it is in the page alone."""

    __tablename__ = "notify_choice"
    __table_args__ = (UniqueConstraint("agent_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    kind: Mapped[Kind]
    in_page: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class News:
    """Something that concerns one agent."""

    key: str
    agent_id: int
    case_id: int
    kind: Kind
    at: datetime


_OF_MINE = {What.WARNED: Kind.WARNED, What.BREACHED: Kind.BREACHED, What.QUIET: Kind.QUIET}
TELLING = frozenset({What.ASSIGNED, What.NOTED, *_OF_MINE})
"""The only events that concern an agent."""


def tell(session: Session, events: Sequence[Event]) -> int:
    """Tell whom those events concern; called once for each event. How many were told."""
    concerning = [event for event in events if event.what in TELLING]
    if not concerning:
        return 0
    news = [*_of_events(session, concerning), *_of_mentions(session, concerning)]
    known = set(
        session.scalars(
            select(Notification.key).where(Notification.key.in_([one.key for one in news]))
        )
    )
    new = {one.key: one for one in news if one.key not in known}
    people = {
        one.id: one
        for one in session.scalars(
            select(Agent).where(Agent.active, Agent.id.in_({one.agent_id for one in new.values()}))
        )
    }
    chosen = _choices(session, people)
    for one in new.values():
        if one.agent_id in people:
            _tell(session, people[one.agent_id], one, chosen[one.agent_id][one.kind])
    return len(new)


def _of_events(session: Session, events: Sequence[Event]) -> Iterator[News]:
    whose = {
        row[0]: row[1]
        for row in session.execute(
            select(Case.id, Case.assignee_id).where(Case.id.in_({one.case_id for one in events}))
        )
    }
    by = {
        row[0]: row[1]
        for row in session.execute(
            select(Agent.address, Agent.id).where(Agent.address.in_({one.by for one in events}))
        )
    }
    for event in events:
        given = event.data.get("agent_id")
        # Who takes a case knows it already.
        if event.what is What.ASSIGNED and given and by.get(event.by) != given:
            yield News(f"event:{event.id}", given, event.case_id, Kind.ASSIGNED, event.at)
        mine = whose.get(event.case_id)
        if event.what in _OF_MINE and mine is not None:
            kind = _OF_MINE[event.what]
            yield News(f"event:{event.id}", mine, event.case_id, kind, event.at)


def _of_mentions(session: Session, events: Sequence[Event]) -> Iterator[News]:
    noted = {event.case_id for event in events if event.what is What.NOTED}
    if not noted:
        return
    unseen = select(Mention).where(Mention.case_id.in_(noted), Mention.seen_at.is_(None))
    for one in session.scalars(unseen.order_by(Mention.id)):
        yield News(f"mention:{one.id}", one.agent_id, one.case_id, Kind.MENTIONED, one.at)


def _tell(session: Session, agent: Agent, news: News, choice: NotifyChoice) -> None:
    seen = None if choice.in_page else clock.now()
    session.add(
        Notification(
            key=news.key,
            agent_id=agent.id,
            case_id=news.case_id,
            kind=news.kind,
            at=news.at,
            seen_at=seen,
        )
    )
    if choice.by_mail:
        _write(session, agent, news)


def _write(session: Session, agent: Agent, news: News) -> None:
    subject = session.scalar(select(Case.subject).where(Case.id == news.case_id)) or ""
    page = f"{bot_settings().public_url.rstrip('/')}/cases/{news.case_id}"
    with speaking(agent.language):
        said = sentence(news.kind, news.case_id)
    letter = Letter(
        f"notification:{news.key}",
        agent.address,
        said,
        f"{said}\n{subject[:LONGEST_SUBJECT]}\n\n{page}",
        agent.language,
    )
    staff_mail.write(session, letter, at=clock.now())


def sentence(kind: Kind, case_id: int) -> str:
    """What somebody is told."""
    return {
        Kind.ASSIGNED: _("Case {number} was given to you", number=case_id),
        Kind.MENTIONED: _("A note in case {number} names you", number=case_id),
        Kind.WARNED: _("A promise of your case {number} is about to be broken", number=case_id),
        Kind.BREACHED: _("A promise of your case {number} is broken", number=case_id),
        Kind.QUIET: _(
            "Nothing happens in your case {number}, and marketing waits for it: close or answer it",
            number=case_id,
        ),
    }[kind]


def choices(session: Session, agent_id: int) -> dict[Kind, NotifyChoice]:
    """How that agent wants to be told of each kind."""
    return _choices(session, [agent_id])[agent_id]


def _choices(session: Session, agents: Collection[int]) -> dict[int, dict[Kind, NotifyChoice]]:
    found = {
        one: {
            kind: NotifyChoice(agent_id=one, kind=kind, in_page=True, by_mail=False)
            for kind in Kind
        }
        for one in agents
    }
    made = select(NotifyChoice).where(among(NotifyChoice.agent_id, agents))
    for row in session.scalars(made):
        found[row.agent_id][row.kind] = row
    return found


def choose(session: Session, agent_id: int, kind: Kind, *, in_page: bool, by_mail: bool) -> None:
    """Be told of that kind in this way from now on."""
    row = choices(session, agent_id)[kind]
    row.in_page, row.by_mail = in_page, by_mail
    session.add(row)


def unseen(session: Session, agent_id: int) -> int:
    """How many things the agent has not looked at, up to a hundred."""
    return session.scalar(select(count_of(agent_id))) or 0


def count_of(agent_id: int) -> ScalarSelect[int]:
    """The same as a part of another statement."""
    some = (
        select(Notification.id)
        .where(Notification.agent_id == agent_id, Notification.seen_at.is_(None))
        .limit(MANY)
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


def newest(session: Session, agent_id: int) -> Sequence[tuple[Notification, str]]:
    """The newest things, each with the subject of its case."""
    rows = session.execute(
        select(Notification, Case.subject)
        .join(Case, Case.id == Notification.case_id)
        .where(Notification.agent_id == agent_id)
        .order_by(Notification.id.desc())
        .limit(MANY)
    )
    return [(row[0], row[1]) for row in rows]


def look_at_all(session: Session, agent_id: int, *, at: datetime) -> None:
    """The agent has seen them."""
    mine = (Notification.agent_id == agent_id) & Notification.seen_at.is_(None)
    session.execute(update(Notification).where(mine).values(seen_at=at))
