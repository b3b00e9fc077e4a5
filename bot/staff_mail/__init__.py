"""Mails to people of ours, agents and admins: rows first, each leaves once, never into a case."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, LargeBinary, String, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import composing, queues
from bot.delivery.smtp import PermanentFailure, Relay, TemporaryFailure, Uncertain, Withdrawn
from cases import clock, signing
from cases.db import Base, transaction
from cases.mail import Address
from cases.mailbox import Mailbox
from cases.settings import settings

log = logging.getLogger(__name__)
WAITS = tuple(timedelta(seconds=s) for s in (10, 30, 60, 120, 300, 900, 3600, 7200, 14_400))
AT_ONCE = 50
_WAITING = text("settled_at IS NULL")


class StaffMail(Base):
    """One mail to somebody of ours."""

    __tablename__ = "staff_mail"
    __table_args__ = (
        Index("ix_staff_mail_due", "due_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """The same thing is said once, however often somebody decides to say it."""
    recipient: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime | None]
    """When its body went out: it is not sent again after that, unless the relay said no."""
    settled_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said to whom."""

    key: str
    recipient: str
    subject: str
    text: str
    language: str = ""


def write(session: Session, letter: Letter, *, at: datetime) -> StaffMail | None:
    """Queue the mail, or nothing if it was queued before."""
    known = select(StaffMail.id).where(StaffMail.key == letter.key)
    if session.scalars(known).first() is not None:
        return None
    mail = StaffMail(
        key=letter.key,
        recipient=letter.recipient,
        content=_composed(session, letter, at),
        queued_at=at,
        due_at=at,
    )
    session.add(mail)
    session.flush()
    queues.wake(session, queues.SEND, "bot.jobs.tell_people")
    return mail


def _composed(session: Session, letter: Letter, at: datetime) -> bytes:
    working = select(Mailbox.address).where(~Mailbox.paused).order_by(Mailbox.id).limit(1)
    ours = session.scalars(working).first() or f"noreply@{settings().default_domain}"
    return composing.compose(
        composing.Draft(
            message_id=signing.new_message_id(0, ours.rpartition("@")[2]),
            sender=Address(ours, "Tregua"),
            recipient=Address(letter.recipient),
            subject=letter.subject,
            text=letter.text,
            at=at,
            automatic=True,
            language=letter.language,
            loop_mark=signing.sign("loop", letter.key),
        )
    )


def deliver_due() -> int:
    """Send what is due; how many the relay took. No transaction is held meanwhile."""
    taken = _take()
    if not taken:
        return 0
    with Relay() as relay:
        return sum(_send(mail, relay) for mail in taken)


def _take() -> list[StaffMail]:
    """Lease what is due by moving its next try."""
    now = clock.now()
    with transaction() as session:
        rows = session.scalars(
            select(StaffMail)
            .where(StaffMail.settled_at.is_(None), StaffMail.due_at <= now)
            .order_by(StaffMail.due_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.attempts += 1
            row.due_at = now + WAITS[min(row.attempts, len(WAITS)) - 1]
            if row.left_at is not None:
                # Whoever sent it died before the relay's word was kept: perhaps it was taken.
                row.settled_at, row.error = now, "uncertain"
        return [row for row in rows if row.settled_at is None]


def _send(mail: StaffMail, relay: Relay) -> bool:
    try:
        relay.send("", [mail.recipient], mail.content, before_body=lambda: _leaves(mail.id))
    except Withdrawn:
        return False
    except TemporaryFailure as failure:
        last = mail.attempts >= len(WAITS)
        _record(mail.id, str(failure), settled=last, left=False)
        return False
    except (PermanentFailure, Uncertain) as failure:
        _record(mail.id, str(failure), settled=True, left=isinstance(failure, Uncertain))
        return False
    _record(mail.id, "", settled=True, left=True)
    return True


def _leaves(mail_id: int) -> bool:
    now = clock.now()
    with transaction() as session:
        mine = update(StaffMail).where(StaffMail.id == mail_id, StaffMail.left_at.is_(None))
        taken = session.scalars(mine.values(left_at=now).returning(StaffMail.id)).first()
    return taken is not None


def _record(mail_id: int, error: str, *, settled: bool, left: bool) -> None:
    if error:
        log.warning("mail %s to staff was not taken", mail_id)
    now = clock.now()
    with transaction() as session:
        row = session.get_one(StaffMail, mail_id, with_for_update=True)
        row.error, row.settled_at = error[:500], now if settled else None
        row.left_at = (row.left_at or now) if left else None
