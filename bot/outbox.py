"""The only door out: mails that wait, that are on their way, and what became of them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from bot.policy import VERSION, Decision, Reply, Situation
from bot.settings import settings
from cases import clock
from cases.case import Case
from cases.db import Base, reading, transaction
from cases.message import Message

GIVE_UP_AFTER = timedelta(days=5)
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=4)


class State(StrEnum):
    """Where an outgoing mail is."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DATA_SENT = "data_sent"
    """The relay took the envelope and the body is under way: a crash from here on is uncertain."""
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


_DUE = text("state IN ('pending', 'deferred', 'claimed', 'data_sent')")


class OutgoingMail(Base):
    """One mail to one recipient, its bytes and Message-ID frozen when it was queued."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
        Index("ix_outgoing_mail_recipient_queued_at", "recipient", "queued_at"),
        Index("ix_outgoing_mail_domain_queued_at", "domain", "queued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    """The message in the case that shows this mail."""
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Idempotency: the same thing is said once, however often somebody decides to say it."""
    automatic: Mapped[bool]
    rule: Mapped[str]
    sender: Mapped[str]
    """Envelope sender; "" is the null return path of automatic mail."""
    recipient: Mapped[str]
    domain: Mapped[str]
    rfc_id: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[State] = mapped_column(default=State.PENDING)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    receipt: Mapped[str] = mapped_column(default="")
    """What the relay said when it accepted."""
    settled_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    message: Mapped[Message | None] = relationship()


class Decided(Base):
    """A decision to speak or to stay silent, with its reason, inputs and rule version."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    reply: Mapped[bool]
    rule: Mapped[str]
    reason: Mapped[str]
    version: Mapped[str]
    inputs: Mapped[dict[str, Any]]

    message: Mapped[Message] = relationship()


def note(
    session: Session, message: Message, situation: Situation, decision: Decision, *, at: datetime
) -> Decided:
    """Keep a decision with all that it was made from."""
    decided = Decided(
        message=message,
        case_id=message.case.id,
        at=at,
        reply=isinstance(decision, Reply),
        rule=decision.rule,
        reason=decision.reason,
        version=VERSION,
        inputs=_inputs(situation),
    )
    session.add(decided)
    return decided


def _inputs(situation: Situation) -> dict[str, Any]:
    plain = asdict(situation)
    return plain | {"age": situation.age.total_seconds()}


def claim(mail_id: int) -> OutgoingMail | None:
    """Take a due mail for this worker, or None if another was first."""
    now = clock.now()
    with transaction() as session:
        return session.scalars(
            update(OutgoingMail)
            .where(OutgoingMail.id == mail_id, _is_due(now))
            .values(
                state=State.CLAIMED,
                leased_until=now + timedelta(seconds=settings().send_lease_seconds),
                attempts=OutgoingMail.attempts + 1,
            )
            .returning(OutgoingMail)
        ).one_or_none()


def _is_due(now: datetime) -> Any:
    waiting = OutgoingMail.state.in_((State.PENDING, State.DEFERRED))
    # Nothing was said to the relay that mattered, so a claim whose worker died is free again.
    abandoned = (OutgoingMail.state == State.CLAIMED) & (OutgoingMail.leased_until < now)
    return or_(waiting & (OutgoingMail.due_at <= now), abandoned)


def due(limit: int = 50) -> list[int]:
    """Mails that may go now, the longest waiting first."""
    with reading() as session:
        return list(
            session.scalars(
                select(OutgoingMail.id)
                .where(_is_due(clock.now()))
                .order_by(OutgoingMail.due_at, OutgoingMail.id)
                .limit(limit)
            )
        )


def record(mail: OutgoingMail, state: State, said: str = "") -> bool:
    """Write what became of a claimed mail; False if the claim was no longer ours."""
    now = clock.now()
    values: dict[str, Any] = {"state": state}
    if state is State.ACCEPTED:
        values |= {"receipt": said[:500], "settled_at": now, "last_error": ""}
    elif state is State.DEFERRED:
        values |= {"last_error": said[:500], "due_at": now + backoff(mail.attempts)}
    elif state is not State.DATA_SENT:
        values |= {"last_error": said[:500], "settled_at": now}
    with transaction() as session:
        found = session.execute(
            update(OutgoingMail)
            .where(
                OutgoingMail.id == mail.id,
                OutgoingMail.attempts == mail.attempts,
                OutgoingMail.state.in_((State.CLAIMED, State.DATA_SENT)),
            )
            .values(**values)
            .returning(OutgoingMail.id)
        )
        return found.first() is not None


def backoff(attempts: int) -> timedelta:
    """Five minutes, doubled at each try, four hours at the most."""
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def give_up_uncertain() -> int:
    """Mails whose worker died while the body was under way: shown to people, never sent again."""
    lost = (OutgoingMail.state == State.DATA_SENT) & (OutgoingMail.leased_until < clock.now())
    return _move(
        lost,
        state=State.UNCERTAIN,
        settled_at=clock.now(),
        last_error="the worker stopped before the relay answered",
    )


def _move(which: ColumnElement[bool], **values: Any) -> int:
    """Change those mails; a sweep that finds none writes nothing."""
    with reading() as session:
        if session.scalars(select(OutgoingMail.id).where(which).limit(1)).first() is None:
            return 0
    with transaction() as session:
        moved = update(OutgoingMail).where(which).values(**values).returning(OutgoingMail.id)
        return len(session.scalars(moved).all())


def prove(session: Session, rfc_ids: Sequence[str]) -> None:
    """The journal's copies of those mails arrived, so the relay took them."""
    session.execute(
        update(OutgoingMail)
        .where(
            OutgoingMail.rfc_id.in_(rfc_ids),
            OutgoingMail.state.in_((State.DATA_SENT, State.UNCERTAIN)),
        )
        .values(
            state=State.ACCEPTED,
            receipt="its copy arrived in the journal",
            settled_at=clock.now(),
            last_error="",
        )
    )


def send_unproven_again(journal_read_at: datetime | None) -> int:
    """Uncertain mails whose copy never came although the journal was read since: not taken.

    Recipient and journal are one transaction at the relay, so without a copy nobody got it.
    """
    wait = timedelta(seconds=settings().proof_wait_seconds)
    if journal_read_at is None:
        return 0
    unproven = (OutgoingMail.state == State.UNCERTAIN) & (
        OutgoingMail.settled_at < journal_read_at - wait
    )
    return _move(unproven, state=State.PENDING, settled_at=None, due_at=clock.now())


def is_too_old(mail: OutgoingMail) -> bool:
    """Whether we tried for five days, as mail servers do (RFC 5321, 4.5.4.1)."""
    return clock.now() - mail.queued_at > GIVE_UP_AFTER
