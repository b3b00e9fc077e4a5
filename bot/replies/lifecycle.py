"""What is said because time passes: progress, apology, reminder, farewell, the question after it.

Each is due once per occasion; what a reply may do, its switch says.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from bot import answers, kinds, replies, switches
from bot.decided import Why, keep
from bot.kinds import Mode
from bot.replies import CannotSay, drafts
from cases import clock
from cases.case import Case, State, take
from cases.db import Base, reading, transaction

log = logging.getLogger(__name__)
VERSION = "lifecycle-1"
AT_ONCE = 100
DAY = timedelta(days=1)
KEEP_INFORMED, REMIND_AFTER, CLOSE_AFTER = DAY, 3 * DAY, 7 * DAY
ASK_FROM, ASK_UNTIL, ASK_AGAIN = timedelta(hours=2), 3 * DAY, 90 * DAY
CALM = 0.5


class Occasion(Base):
    """A reason to say something came, and was dealt with."""

    __tablename__ = "occasion"
    __table_args__ = (UniqueConstraint("case_id", "reply", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    reply: Mapped[str]
    about: Mapped[datetime]
    """The promise, last word or closing that it is about."""
    mode: Mapped[Mode]


@dataclass(frozen=True, slots=True)
class Turn:
    """When a reply is due, and in view of what."""

    reply: str
    reason: str
    which: Callable[[datetime], ColumnElement[bool]]
    about: Callable[[Case, datetime], datetime]
    first: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime]
    """Those go first for whom this was longest ago: by its index they are found, too."""


def _handled(reply: str, since: Any) -> ColumnElement[bool]:
    """Whether that reply had its turn in the case since then."""
    return (
        select(Occasion.id)
        .where(Occasion.case_id == Case.id, Occasion.reply == reply, Occasion.about >= since)
        .exists()
    )


def _waits_long(now: datetime) -> ColumnElement[bool]:
    waiting = (Case.state == State.OPEN) & (Case.waiting_since < now - KEEP_INFORMED)
    return waiting & (Case.due_at > now) & ~_handled(kinds.PROGRESS, now - KEEP_INFORMED)


def _broke_its_promise(now: datetime) -> ColumnElement[bool]:
    late = (Case.state == State.OPEN) & Case.waiting_since.is_not(None) & (Case.due_at < now)
    return late & (Case.due_at > now - DAY) & ~_handled(kinds.APOLOGY, Case.due_at)


def _waits_for_the_customer(now: datetime) -> ColumnElement[bool]:
    quiet = (Case.state == State.WAITING) & (Case.last_at < now - REMIND_AFTER)
    return quiet & ~_handled(kinds.REMINDER, Case.last_at)


def _was_reminded(now: datetime) -> ColumnElement[bool]:
    reminded = (
        select(Occasion.id)
        .where(
            Occasion.case_id == Case.id,
            Occasion.reply == kinds.REMINDER,
            Occasion.mode == Mode.SEND,
            Occasion.about >= Case.last_at,
        )
        .exists()
    )
    quiet = (Case.state == State.WAITING) & (Case.last_at < now - CLOSE_AFTER)
    return quiet & reminded & ~_handled(kinds.CLOSING, Case.last_at)


def _may_be_asked(now: datetime) -> ColumnElement[bool]:
    """A matter that a person settled in peace; nobody is asked twice in three months."""
    other = aliased(Case)
    asked = (
        select(Occasion.id)
        .join(other, other.id == Occasion.case_id)
        .where(
            other.contact_id == Case.contact_id,
            Occasion.reply == kinds.SATISFACTION,
            Occasion.about > now - ASK_AGAIN,
        )
        .exists()
    )
    settled = (Case.state == State.CLOSED) & Case.closed_at.between(now - ASK_UNTIL, now - ASK_FROM)
    calm = (Case.anger < CALM) & (Case.sentiment != "negative") & ~Case.bulk
    return settled & calm & Case.answered_at.is_not(None) & ~asked & Case.merged_into_id.is_(None)


TURNS = (
    Turn(
        kinds.APOLOGY,
        "a promised time passed",
        _broke_its_promise,
        lambda c, now: c.due_at or now,
        Case.due_at,
    ),
    Turn(
        kinds.PROGRESS,
        "the customer has waited for a day",
        _waits_long,
        lambda _c, now: now,
        Case.due_at,
    ),
    Turn(
        kinds.REMINDER,
        "the case waits for the customer",
        _waits_for_the_customer,
        lambda c, _now: c.last_at,
        Case.last_at,
    ),
    Turn(
        kinds.CLOSING,
        "the customer did not answer",
        _was_reminded,
        lambda c, _now: c.last_at,
        Case.last_at,
    ),
    Turn(
        kinds.SATISFACTION,
        "the case is settled",
        _may_be_asked,
        lambda c, now: c.closed_at or now,
        Case.closed_at,
    ),
)


def sweep() -> int:
    """Say what time has made due; how many occasions there were."""
    now, done = clock.now(), 0
    for turn in TURNS:
        for case_id in _due(turn, now):
            done += _have_alone(turn, case_id, now)
    return done


def _due(turn: Turn, now: datetime) -> Sequence[int]:
    with reading() as session:
        ids = select(Case.id).where(turn.which(now)).order_by(turn.first, Case.id)
        return session.scalars(ids.limit(AT_ONCE)).all()


def _have_alone(turn: Turn, case_id: int, now: datetime) -> bool:
    """A bug that shows in one case is told in the log, and holds up no other."""
    try:
        with transaction() as session:
            return _have(session, turn, case_id, now)
    except Exception:
        log.exception("case %s cannot have its %s", case_id, turn.reply)
        return False


def _have(session: Session, turn: Turn, case_id: int, now: datetime) -> bool:
    """Let the case have that turn, if it is still due now that nobody else changes it."""
    case = take(session, case_id)
    still = select(Case.id).where(Case.id == case.id, turn.which(now))
    if session.scalar(still) is None:
        return False
    mode = switches.load(session).mode(turn.reply, switches.place_of(case))
    about = turn.about(case, now)
    session.add(Occasion(case_id=case.id, reply=turn.reply, about=about, mode=mode))
    if mode is not Mode.OFF:
        _speak(session, case, turn, mode, about, now)
    return True


def _speak(
    session: Session, case: Case, turn: Turn, mode: Mode, about: datetime, now: datetime
) -> None:
    last = answers.newest_message(session, case)
    if last is None:
        return
    key = f"{turn.reply}:{case.id}:{about.isoformat()}"
    tried = "only tried, not sent: " if mode is Mode.SHADOW else ""
    why = Why(mode is Mode.SEND, turn.reply, f"{tried}{turn.reason}", VERSION)
    try:
        if mode is Mode.SEND:
            if turn.reply == kinds.CLOSING:
                case.close(by="bot", at=now)
            written = replies.write(session, case, turn.reply, {})
            replies.answer(session, last, written, key=key, rule=turn.reply, at=now)
        elif mode is Mode.DRAFT:
            written = replies.write(session, case, turn.reply, {})
            drafts.propose(session, case, written, key, why, at=now)
    except (CannotSay, answers.NobodyToAnswer) as wrong:
        why = Why(False, turn.reply, f"it could not be written: {wrong}", VERSION)
    keep(session, last, why, Seen(case.id, mode.value, about, case.due_at, case.anger), at=now)


@dataclass(frozen=True, slots=True)
class Seen:
    """What such a decision is made from."""

    case_id: int
    mode: str
    about: datetime
    due_at: datetime | None
    anger: float
