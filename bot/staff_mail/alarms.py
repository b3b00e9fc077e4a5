"""Alarms: what is wrong with the installation is told once to whom the admin chose, and its end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import staff_mail
from bot.staff_mail import Letter, alarm_words
from cases import signing
from cases.agent import Agent, Role
from cases.db import Base
from cases.language import speaking

CALM = timedelta(minutes=2)
"""What was not seen for so long is over: a trouble that comes and goes is one alarm."""
LOCK = "alarms"
_RUNNING, _UNSENT = text("ended_at IS NULL"), text("settled_at IS NULL")


class Kind(StrEnum):
    """What can be wrong."""

    MAILBOX = "mailbox"
    QUEUE = "queue"
    WORKER = "worker"
    FEED = "feed"
    BREACHES = "breaches"
    BOT = "bot"
    DISK = "disk"
    GUESSING = "guessing"
    FORGED = "forged"
    UNASKED = "unasked"
    TEST = "test"


class Way(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now."""

    kind: Kind
    about: str = ""
    """Which of several: the mailbox's number, the queue's name."""
    since: datetime | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    """What the sentence about it needs."""


class Alarm(Base):
    """One trouble, from when it was noticed until it was over."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_running",
            *("kind", "about"),
            unique=True,
            postgresql_where=_RUNNING,
            sqlite_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    about: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    since: Mapped[datetime]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AlarmGoal(Base):
    """Whom an admin chose to be told."""

    __tablename__ = "alarm_goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[Way]
    address: Mapped[str]
    """An e-mail address, or where the webhook is."""
    language: Mapped[str] = mapped_column(default="es")
    sealed: Mapped[str] = mapped_column(default="")
    """The secret that messages to the webhook are signed with."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def secret(self) -> bytes:
        """The key its messages are signed with; raises signing.Tampered."""
        return signing.unseal_hook_key(self.sealed, row=f"alarm:{self.address}")


class AlarmPost(Base):
    """One message to one webhook, tried until it is taken."""

    __tablename__ = "alarm_post"
    __table_args__ = (
        Index("ix_alarm_post_due", "due_at", postgresql_where=_UNSENT, sqlite_where=_UNSENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("alarm_goal.id"), index=True)
    payload: Mapped[dict[str, Any]]
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


def settle(session: Session, troubles: Iterable[Trouble], now: datetime) -> None:
    """Raise what is new, and end what is over: each is told once. Hold LOCK meanwhile."""
    running = {
        (one.kind, one.about): one
        for one in session.scalars(select(Alarm).where(Alarm.ended_at.is_(None)))
    }
    for trouble in troubles:
        alarm = running.get((trouble.kind, trouble.about))
        if alarm is None:
            alarm = running[trouble.kind, trouble.about] = _raise(session, trouble, now)
        alarm.seen_at = now
    for alarm in running.values():
        if now - alarm.seen_at > CALM:
            alarm.ended_at = now
            _tell(session, alarm, now)


def _raise(session: Session, trouble: Trouble, now: datetime) -> Alarm:
    alarm = Alarm(
        kind=trouble.kind,
        about=trouble.about,
        said=dict(trouble.said),
        since=trouble.since or now,
        raised_at=now,
        seen_at=now,
    )
    session.add(alarm)
    session.flush()
    _tell(session, alarm, now)
    return alarm


def _tell(session: Session, alarm: Alarm, now: datetime) -> None:
    chosen = session.scalars(select(AlarmGoal).where(AlarmGoal.ended_at.is_(None))).all()
    for goal in chosen or _admins(session):
        tell(session, goal, alarm, now)


def _admins(session: Session) -> list[AlarmGoal]:
    """Who is told where nobody chose anybody."""
    wanted = select(Agent).where(Agent.active, Agent.role == Role.ADMIN)
    return [
        AlarmGoal(way=Way.MAIL, address=one.address, language=one.language)
        for one in session.scalars(wanted)
    ]


def tell(session: Session, goal: AlarmGoal, alarm: Alarm, now: datetime) -> None:
    """Queue one message about that alarm."""
    state = "ended" if alarm.ended_at is not None else "raised"
    if goal.way is Way.MAIL:
        with speaking(goal.language):
            subject, body = alarm_words.letter(alarm)
        key = f"alarm:{alarm.id}:{state}:{goal.address}:{alarm.raised_at.isoformat()}"
        letter = Letter(key[:200], goal.address, subject, body, goal.language)
        staff_mail.write(session, letter, at=now)
        return
    with speaking("en"):
        subject, _body = alarm_words.letter(alarm)
    told = {"id": alarm.id, "kind": alarm.kind.value, "about": alarm.about, "text": subject}
    told |= {"since": alarm.since.isoformat(), "raised_at": alarm.raised_at.isoformat()}
    payload = {"type": f"alarm.{state}", "timestamp": now.isoformat(), "data": told}
    session.add(AlarmPost(goal_id=goal.id, payload=payload, queued_at=now, due_at=now))


def test(session: Session, goal: AlarmGoal, now: datetime) -> None:
    """Tell somebody that this is how an alarm looks."""
    tried = Alarm(kind=Kind.TEST, about="", said={}, since=now, raised_at=now, seen_at=now)
    tell(session, goal, tried, now)


def new_webhook(address: str, now: datetime) -> tuple[AlarmGoal, str]:
    """A webhook and its secret, which is shown once."""
    secret = signing.new_hook_secret()
    sealed = signing.seal(secret, row=f"alarm:{address}")
    return AlarmGoal(way=Way.WEBHOOK, address=address, sealed=sealed, created_at=now), secret
