"""Trials of rules: which mails to look at, with which rules, and what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import rules
from bot.rules import Rule
from cases.db import Base

KEPT_FOR = timedelta(days=2)
"""Trials show subjects of mails, so they are not kept longer than they are of use."""
GIVEN_UP_AFTER = timedelta(minutes=30)


class Progress(StrEnum):
    """Where a trial is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Trial(Base):
    """One trial: the rules in use beside edited ones."""

    __tablename__ = "rule_trial"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(default="")
    days: Mapped[int] = mapped_column(default=0)
    """How far back it looks; 0 for the mails of a file."""
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The mailbox file, compressed, until it was read."""
    present: Mapped[list[Any]] = mapped_column(default=list)
    edited: Mapped[list[Any]] = mapped_column(default=list)
    progress: Mapped[Progress] = mapped_column(default=Progress.WAITING)
    began_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rows: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[str] = mapped_column(default="")


def begin(session: Session, trial: Trial, present: Sequence[Rule], edited: Sequence[Rule]) -> Trial:
    """Have a worker run it; old ones are forgotten."""
    forget_old(session, trial.at)
    trial.present = [_row(rule) for rule in present]
    trial.edited = [_row(rule) for rule in same_versions(edited, present)]
    session.add(trial)
    session.flush()
    return trial


def forget_old(session: Session, now: datetime) -> None:
    """Whether or not anybody begins another one."""
    session.execute(delete(Trial).where(Trial.at < now - KEPT_FOR))


def forget_mails(session: Session) -> None:
    """Somebody is erased: which mails trials showed is not worth the search for theirs."""
    session.execute(
        update(Trial).where(Trial.progress != Progress.WAITING).values(rows=[], file=None),
        execution_options={"synchronize_session": False},
    )


def same_versions(edited: Sequence[Rule], present: Sequence[Rule]) -> list[Rule]:
    """Rules that were not changed keep their version, so that only real changes differ."""
    known = {replace(rule, version=0).label: rule for rule in present}
    return [_as_known(rule, known.get(replace(rule, version=0).label)) for rule in edited]


def _as_known(rule: Rule, known: Rule | None) -> Rule:
    same = known is not None and _row(replace(known, version=0)) == _row(replace(rule, version=0))
    return known if same and known is not None else replace(rule, version=0)


def _row(rule: Rule) -> dict[str, Any]:
    return {"name": rule.name, "mode": rule.mode.value, "version": rule.version, **rule.as_row()}


def rules_of(rows: Sequence[Any]) -> tuple[Rule, ...]:
    """The rules of a trial."""
    return tuple(rules.of(row) for row in rows)


def take(session: Session, now: datetime) -> Trial | None:
    """The next trial, for this worker alone. One whose worker died is begun anew."""
    free = _free(now)
    first = select(Trial.id).where(free).order_by(Trial.id).limit(1).scalar_subquery()
    taken = (
        update(Trial)
        .where(Trial.id == first, free)
        .values(progress=Progress.RUNNING, began_at=now, done=0)
        .returning(Trial)
    )
    return session.scalars(taken).one_or_none()


def one_waits(session: Session, now: datetime) -> bool:
    """Whether `take` would find one."""
    return session.scalar(select(Trial.id).where(_free(now)).limit(1)) is not None


def _free(now: datetime) -> ColumnElement[bool]:
    lost = (Trial.progress == Progress.RUNNING) & (Trial.began_at < now - GIVEN_UP_AFTER)
    return or_(Trial.progress == Progress.WAITING, lost)


def newest(session: Session, most: int) -> Sequence[Trial]:
    """The last trials, without what they found."""
    return session.scalars(select(Trial).order_by(Trial.id.desc()).limit(most)).all()
