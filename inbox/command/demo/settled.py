"""What has become of the day's mails, in numbers."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot import coordination
from bot.decided import Decided
from bot.delivery.uncertain import UNDER_WAY
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.case import Case
from cases.db import reading
from cases.exclusions.rows import Exclusion
from cases.message import Message
from inbox.command.demo.script import Step, cast, day, step
from inbox.spool import Fate, RawMail

AT_FILING: ColumnElement[bool] = Decided.version != coordination.VERSION
"""Decisions on mails that came; what waits to be said is judged once more when it leaves."""


@dataclass(frozen=True, slots=True)
class Count:
    """The day so far; the names are those of the line that `demo --check` prints."""

    cases: int
    messages: int
    replies: int
    silences: int
    exclusions: int
    failures: int


@dataclass(frozen=True, slots=True)
class Open:
    """What still has to happen."""

    unfiled: int
    unsent: int
    untagged: int

    @property
    def nothing(self) -> bool:
        return not (self.unfiled or self.unsent or self.untagged)


def count() -> Count:
    """How much there is of everything."""
    now = clock.now()
    holding = (
        Exclusion.lifted_at.is_(None)
        & (Exclusion.starts_at <= now)
        & (Exclusion.until.is_(None) | (Exclusion.until > now))
    )
    with reading() as session:
        return Count(
            cases=_number(session, Case.id.is_not(None)),
            messages=_number(session, Message.id.is_not(None)),
            replies=_number(session, AT_FILING & Decided.reply),
            silences=_number(session, AT_FILING & ~Decided.reply),
            exclusions=_number(session, holding),
            failures=_number(session, RawMail.fate == Fate.FAILED)
            + _number(session, OutgoingMail.state == State.UNCERTAIN),
        )


def still_open() -> Open:
    """What is under way."""
    with reading() as session:
        return Open(
            unfiled=_number(session, RawMail.fate == Fate.WAITING),
            unsent=_number(session, OutgoingMail.state.in_(UNDER_WAY)),
            untagged=_number(session, Message.to_tag & Message.tagged_at.is_(None)),
        )


def due() -> int:
    """How many mails the day brings into the mailbox: what people send, and the reports on it."""
    return sum(_is_mail(one) or _is_reported(one) for one in day())


def _is_mail(one: Step) -> bool:
    return not one.agent


def _is_reported(one: Step) -> bool:
    """Whether it is an answer to an address that does not exist."""
    if not one.text or not one.agent:
        return False
    customer = cast().address(step(one.case).sender).address
    return customer.partition("@")[2] in cast().bounces


def filed() -> int:
    """How many mails of the mailbox became messages, or will never."""
    with reading() as session:
        return _number(session, RawMail.fate != Fate.WAITING)


def _number(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0
