"""What is wrong with the installation now: looked at every few seconds, told by the alarms."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import signs
from bot.outbox import OutgoingMail, State
from bot.staff_mail.alarms import Kind, Trouble
from bot.voice import breaker
from cases.exclusions.gates import Gate, Status
from cases.exclusions.rows import Exclusion
from cases.exclusions.waving import flooded
from cases.mailbox import Mailbox
from cases.message import Message
from cases.promises import Mark, PromiseMark
from cases.settings import settings
from inbox.sighting import Finding, Sighting
from inbox.spool import Fate, RawMail
from inbox.tokens import Token

FAILING = timedelta(minutes=2)
"""Alarms are looked for twice a minute, so that they are out within three."""
FILING, SENDING, CLASSIFYING = timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=30)
RELEASING = timedelta(minutes=15)
AN_HOUR, MANY_BREACHES = timedelta(hours=1), 10
A_DAY = timedelta(days=1)
LEAST_ROOM, LEAST_PART = 1_000_000_000, 0.05

Look = Callable[[Session, datetime], Iterator[Trouble]]


def look(session: Session, now: datetime) -> list[Trouble]:
    """Everything that is wrong."""
    return [trouble for one in LOOKS for trouble in one(session, now)]


def _mailboxes(session: Session, now: datetime) -> Iterator[Trouble]:
    for box in session.scalars(select(Mailbox).where(~Mailbox.paused)):
        failing = box.failing_since is not None and now - box.failing_since >= FAILING
        if failing or box.is_silent(now):
            since = box.failing_since or box.heard_at or box.created_at
            yield Trouble(Kind.MAILBOX, str(box.id), since, {"address": box.address})


def _queues(session: Session, now: datetime) -> Iterator[Trouble]:
    to_file = select(func.min(RawMail.fetched_at)).where(RawMail.fate == Fate.WAITING)
    to_send = select(func.min(OutgoingMail.due_at)).where(OutgoingMail.state == State.PENDING)
    # Counted from when we had it: after an outage mails arrive that were sent hours ago.
    to_tag = (
        select(RawMail.fetched_at)
        .join(Message, Message.raw_id == RawMail.id)
        .where(Message.tagged_at.is_(None), Message.to_tag)
        .order_by(Message.id)
        .limit(1)
    )
    for name, oldest, patience in (
        ("filing", to_file, FILING),
        ("sending", to_send, SENDING),
        ("classifying", to_tag, CLASSIFYING),
    ):
        since = session.scalar(oldest)
        if since is not None and now - since > patience:
            yield Trouble(Kind.QUEUE, name, since, {"queue": name})


def _workers(session: Session, now: datetime) -> Iterator[Trouble]:
    for sign in signs.missing(session, now):
        yield Trouble(Kind.WORKER, sign.queue, sign.seen_at, {"queue": sign.queue})


def _feed(session: Session, now: datetime) -> Iterator[Trouble]:
    """Followers are not told whose time is over; who cannot be read is the mailbox's alarm."""
    over = select(func.min(Exclusion.until)).where(Exclusion.lifted_at.is_(None))
    since = session.scalar(over)
    if since is not None and now - since > RELEASING:
        yield Trouble(Kind.FEED, "", since)


def _breaches(session: Session, now: datetime) -> Iterator[Trouble]:
    broken = select(func.count(), func.min(PromiseMark.at)).where(
        PromiseMark.mark == Mark.BROKEN, PromiseMark.at > now - AN_HOUR, PromiseMark.at <= now
    )
    number, since = session.execute(broken).one()
    if number >= MANY_BREACHES:
        yield Trouble(Kind.BREACHES, "", since, {"number": number})


def _bot(session: Session, _now: datetime) -> Iterator[Trouble]:
    trip = breaker.tripped(session)
    if trip is not None:
        yield Trouble(Kind.BOT, "", trip.at, {"number": trip.sent})


def _disk(_session: Session, _now: datetime) -> Iterator[Trouble]:
    room = shutil.disk_usage(settings().data)
    if room.free < min(LEAST_ROOM, LEAST_PART * room.total):
        yield Trouble(Kind.DISK, "", None, {"number": room.free // 1_000_000})


def _guessing(session: Session, now: datetime) -> Iterator[Trouble]:
    """Tokens that want more than their day's addresses: somebody may be trying them."""
    living = select(Token).where(Token.alarmed_at > now - AN_HOUR, Token.revoked_at.is_(None))
    for token in session.scalars(living.order_by(Token.id)):
        yield Trouble(Kind.GUESSING, token.prefix, token.alarmed_at, {"name": token.name})


def _forged(session: Session, now: datetime) -> Iterator[Trouble]:
    """So many complaints nobody vouches for that they may be meant to silence marketing."""
    number = flooded(session, now)
    if number:
        yield Trouble(Kind.FORGED, "", None, {"number": number})


def _unasked(session: Session, now: datetime) -> Iterator[Trouble]:
    """Who wrote to people on truce around the gate, or reported it."""
    seen = (
        select(Sighting.sender, func.min(Sighting.at))
        .where(Sighting.finding == Finding.UNASKED, Sighting.at > now - A_DAY)
        .group_by(Sighting.sender)
    )
    said = (
        select(Token.name, func.min(Gate.committed_at))
        .join(Token, Token.id == Gate.token_id)
        .where(Gate.status == Status.UNASKED, Gate.committed_at > now - A_DAY)
        .group_by(Token.name)
    )
    for name, since in (*session.execute(seen), *session.execute(said)):
        yield Trouble(Kind.UNASKED, name[:200], since, {"name": name})


LOOKS: tuple[Look, ...] = (
    *(_mailboxes, _workers, _queues, _feed, _breaches, _bot, _disk),
    *(_guessing, _forged, _unasked),
)
