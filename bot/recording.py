"""What became of claimed mails, written down: one commit a mail, the last at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail, State
from bot.settings import settings
from cases import clock
from cases.db import transaction
from cases.mail import Origin
from cases.message import Direction, Message

GIVE_UP_AFTER = timedelta(days=5)
_TABLE = cast(Table, OutgoingMail.__table__)
_SAID = cast(Table, Message.__table__)
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the relay said of one mail."""

    mail: OutgoingMail
    state: State
    said: str = ""


@dataclass
class Ledger:
    """Outcomes are written with the next mail's step, so that a mail costs one commit.

    If the process dies before, the mail stays where it was: its body is under way, and what
    became of it is uncertain until there is proof.
    """

    _open: list[Outcome] = field(default_factory=list)

    def goes_out(self, mail: OutgoingMail) -> bool:
        """Note that the body is about to leave; False if the mail is no longer ours to send."""
        with transaction() as session:
            self._write(session)
            return _begin(session, mail)

    def settle(self, mail: OutgoingMail, state: State, said: str) -> None:
        """Remember what became of it."""
        self._open.append(Outcome(mail, state, said))

    def close(self) -> None:
        """Write what is not yet written."""
        if self._open:
            with transaction() as session:
                self._write(session)

    def _write(self, session: Session) -> None:
        written, self._open = self._open, []
        for outcome in written:
            _settle(session, outcome, clock.now())


def record(mail: OutgoingMail, state: State, said: str = "") -> bool:
    """Write at once what became of a claimed mail; False if the claim was no longer ours."""
    with transaction() as session:
        if state is State.DATA_SENT:
            return _begin(session, mail)
        return _settle(session, Outcome(mail, state, said), clock.now())


def _begin(session: Session, mail: OutgoingMail) -> bool:
    lease = clock.now() + timedelta(seconds=settings().send_lease_seconds)
    which = [*_ours(mail), _TABLE.c.state == State.CLAIMED]
    if mail.automatic:
        # The last look: a person who answered since the mail was claimed goes first.
        which.append(~_answered(mail))
    values: dict[str, Any] = {"state": State.DATA_SENT, "leased_until": lease}
    return _change(session, which, values)


def _ours(mail: OutgoingMail) -> Sequence[ColumnElement[bool]]:
    return _TABLE.c.id == mail.id, _TABLE.c.attempts == mail.attempts


def _answered(mail: OutgoingMail) -> ColumnElement[bool]:
    return (
        select(_SAID.c.id)
        .where(
            _SAID.c.case_id == mail.case_id,
            _SAID.c.id > (mail.message_id or 0),
            _SAID.c.direction == Direction.OUT,
            _SAID.c.origin == Origin.AGENT,
            _SAID.c.rule != "forward",
            _SAID.c.withdrawn_at.is_(None),
        )
        .exists()
    )


def _settle(session: Session, outcome: Outcome, now: datetime) -> bool:
    mail, state, said = outcome.mail, outcome.state, outcome.said[:500]
    values: dict[str, Any] = {"state": state}
    if state is State.ACCEPTED:
        values |= {"receipt": said, "settled_at": now, "last_error": ""}
    elif state is State.DEFERRED:
        values |= {"last_error": said, "due_at": now + backoff(mail.attempts)}
    else:
        values |= {"last_error": said, "settled_at": now}
    under_way = _TABLE.c.state.in_((State.CLAIMED, State.DATA_SENT))
    return _change(session, [*_ours(mail), under_way], values)


def _change(session: Session, which: Sequence[ColumnElement[bool]], values: dict[str, Any]) -> bool:
    # The plain table, since this stands between two mails on the wire: no object needs it.
    changed = update(_TABLE).where(*which).values(**values).returning(_TABLE.c.id)
    return session.connection().execute(changed).first() is not None


def backoff(attempts: int) -> timedelta:
    """Five minutes, doubled at each try, four hours at the most."""
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def is_too_old(mail: OutgoingMail) -> bool:
    """Whether we tried for five days, as mail servers do (RFC 5321, 4.5.4.1)."""
    return clock.now() - mail.queued_at > GIVE_UP_AFTER
