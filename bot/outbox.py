"""The only door out: mails that wait, that are on their way, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from bot import coordination, decided
from bot.decided import Why
from cases import clock
from cases.case import Case
from cases.db import Base
from cases.history import What
from cases.message import Message


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
    """Taken back, no longer wanted, or said in another mail."""


class Purpose(StrEnum):
    """Why the program writes."""

    SERVICE = "service"
    """About the customer's own matter."""
    COMMERCIAL = "commercial"
    """To sell something: it has to ask as marketing does."""
    TEST = "test"
    """To try a template on ourselves: no customer gets it, and no case shows it."""


TAKEN_BACK = "taken-back"
_DUE = text("state IN ('pending', 'deferred', 'claimed', 'data_sent')")
_STUCK = text("state IN ('rejected', 'uncertain')")
_SETTLED = text("settled_at IS NOT NULL")


class OutgoingMail(Base):
    """One mail, its bytes and Message-ID frozen when it was queued; mostly to one recipient."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
        Index("ix_outgoing_mail_stuck", "id", postgresql_where=_STUCK, sqlite_where=_STUCK),
        Index("ix_outgoing_mail_recipient_queued_at", "recipient", "queued_at"),
        Index("ix_outgoing_mail_domain_queued_at", "domain", "queued_at"),
        Index(
            "ix_outgoing_mail_settled_at",
            "settled_at",
            postgresql_where=_SETTLED,
            sqlite_where=_SETTLED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    """The message in the case that shows this mail."""
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Idempotency: the same thing is said once, however often somebody decides to say it."""
    automatic: Mapped[bool]
    rule: Mapped[str]
    template: Mapped[str] = mapped_column(default="")
    """Which reply it is; "" for what a person wrote."""
    bot: Mapped[str] = mapped_column(default="")
    """The outside bot that speaks; "" for ourselves."""
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.SERVICE)
    urgent: Mapped[bool] = mapped_column(default=False)
    """It leaves at once, whatever the hour, and is never merged with others."""
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """facts, question and closing, so that several mails can become one."""
    likeness: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of what it says, without the values that differ each time."""
    expires_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why it waits, or why it was cancelled."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_mail.id"))
    """The mail that says it too."""
    sender: Mapped[str]
    """Envelope sender; "" is the null return path of automatic mail."""
    recipient: Mapped[str]
    also: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """The others whom a person wrote to in the same mail: they are in the same envelope."""
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
    copy_seen_at: Mapped[datetime | None]
    """When the journal's copy of it was filed."""

    case: Mapped[Case] = relationship()
    message: Mapped[Message | None] = relationship()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A mail that waited, and who acted before it left."""

    mail: int
    template: str
    bot: str
    by: str
    queued_at: datetime
    due_at: datetime


def silence(session: Session, mail: OutgoingMail, reason: str, *, by: str, at: datetime) -> None:
    """Do not send that mail; it must not have left, and its row must be locked."""
    mail.state, mail.settled_at, mail.reason = State.CANCELLED, at, reason
    if mail.message is not None and mail.merged_into_id is None:
        mail.message.withdrawn_at = at
    mail.case.happened(What.SILENCE, by=by, at=at, rule=mail.rule, reason=reason)


def silence_all(session: Session, case: Case, reason: str, *, by: str, at: datetime) -> int:
    """Do not send what waits to be said by itself in that case; how many mails."""
    waiting = session.scalars(
        select(OutgoingMail)
        .where(
            OutgoingMail.case_id == case.id,
            OutgoingMail.automatic,
            OutgoingMail.state.in_((State.PENDING, State.DEFERRED, State.CLAIMED)),
        )
        .order_by(OutgoingMail.id)
        .with_for_update(of=OutgoingMail)
        .execution_options(populate_existing=True)
    ).all()
    for mail in waiting:
        take_back(session, mail, reason, by=by, at=at)
    return len(waiting)


def take_back(session: Session, mail: OutgoingMail, reason: str, *, by: str, at: datetime) -> None:
    """The same because of what somebody did: a decision like any other, so it is kept."""
    if mail.message_id is not None:
        about = TakenBack(mail.id, mail.template, mail.bot, by, mail.queued_at, mail.due_at)
        why = Why(False, TAKEN_BACK, reason, coordination.VERSION)
        decided.keep_at_end(session, mail.message_id, mail.case_id, why, about, at=at)
    silence(session, mail, reason, by=by, at=at)


def send_now(mail: OutgoingMail, *, at: datetime) -> bool:
    """Let a waiting mail leave at once; False if it waits no longer."""
    if mail.state not in (State.PENDING, State.DEFERRED):
        return False
    mail.due_at, mail.urgent, mail.reason = at, True, ""
    return True


def prove(session: Session, rfc_ids: Sequence[str]) -> None:
    """The journal's copies of those mails arrived, so the relay took them."""
    if not rfc_ids:
        return
    now, copied = clock.now(), OutgoingMail.rfc_id.in_(rfc_ids)
    session.execute(
        update(OutgoingMail)
        .where(copied, OutgoingMail.copy_seen_at.is_(None))
        .values(copy_seen_at=now)
    )
    session.execute(
        update(OutgoingMail)
        .where(copied, OutgoingMail.state.in_((State.DATA_SENT, State.UNCERTAIN)))
        .values(
            state=State.ACCEPTED,
            receipt="its copy arrived in the journal",
            settled_at=now,
            last_error="",
        )
    )
