"""What became of claimed mails, written down: one commit a mail, the last at the end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Connection, Table, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from bot.outbox import OutgoingMail, State
from bot.settings import settings
from cases import clock
from cases.db import statements
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
        with statements() as connection:
            self._write(connection)
            return _begin(connection, mail)

    def settle(self, mail: OutgoingMail, state: State, said: str) -> None:
        """Remember what became of it."""
        self._open.append(Outcome(mail, state, said))

    def close(self) -> None:
        """Write what is not yet written."""
        if self._open:
            with statements() as connection:
                self._write(connection)

    def _write(self, connection: Connection) -> None:
        written, self._open = self._open, []
        for outcome in written:
            _settle(connection, outcome, clock.now())


def record(mail: OutgoingMail, state: State, said: str = "") -> bool:
    """Write at once what became of a claimed mail; False if the claim was no longer ours."""
    with statements() as connection:
        if state is State.DATA_SENT:
            return _begin(connection, mail)
        return _settle(connection, Outcome(mail, state, said), clock.now())


def _begin(connection: Connection, mail: OutgoingMail) -> bool:
    lease = clock.now() + timedelta(seconds=settings().send_lease_seconds)
    values = {"at": lease, "case": mail.case_id, "message": mail.message_id or 0}
    return _change(connection, _BEGUN_UNLESS_ANSWERED if mail.automatic else _BEGUN, mail, values)


def _settle(connection: Connection, outcome: Outcome, now: datetime) -> bool:
    mail, state, said = outcome.mail, outcome.state, outcome.said[:500]
    values: dict[str, Any] = {"became": state, "said": said, "at": now}
    if state is State.ACCEPTED:
        return _change(connection, _ACCEPTED, mail, values)
    if state is State.DEFERRED:
        return _change(connection, _DEFERRED, mail, values | {"at": now + backoff(mail.attempts)})
    return _change(connection, _ENDED, mail, values)


# These stand between two mails on the wire, so they are made once: only their values change.
_OURS = (_TABLE.c.id == bindparam("which"), _TABLE.c.attempts == bindparam("tries"))
_UNDER_WAY = _TABLE.c.state.in_((State.CLAIMED, State.DATA_SENT))
_AT: BindParameter[Any] = bindparam("at")
_WORDS: BindParameter[Any] = bindparam("said")
_BECAME: BindParameter[Any] = bindparam("became")
_ANSWERED = (
    select(_SAID.c.id)
    .where(
        _SAID.c.case_id == bindparam("case"),
        _SAID.c.id > bindparam("message"),
        _SAID.c.direction == Direction.OUT,
        _SAID.c.origin == Origin.AGENT,
        _SAID.c.rule != "forward",
        _SAID.c.withdrawn_at.is_(None),
    )
    .exists()
)


def _made(*which: ColumnElement[bool], **values: Any) -> ReturningUpdate[tuple[int]]:
    return update(_TABLE).where(*_OURS, *which).values(**values).returning(_TABLE.c.id)


_BEGUN = _made(_TABLE.c.state == State.CLAIMED, state=State.DATA_SENT, leased_until=_AT)
# The last look: a person who answered since the mail was claimed goes first.
_BEGUN_UNLESS_ANSWERED = _BEGUN.where(~_ANSWERED)
_ACCEPTED = _made(_UNDER_WAY, state=_BECAME, receipt=_WORDS, settled_at=_AT, last_error="")
_DEFERRED = _made(_UNDER_WAY, state=_BECAME, last_error=_WORDS, due_at=_AT)
_ENDED = _made(_UNDER_WAY, state=_BECAME, last_error=_WORDS, settled_at=_AT)


def _change(
    connection: Connection,
    statement: ReturningUpdate[tuple[int]],
    mail: OutgoingMail,
    values: dict[str, Any],
) -> bool:
    names = {"which": mail.id, "tries": mail.attempts}
    return connection.execute(statement, values | names).first() is not None


def backoff(attempts: int) -> timedelta:
    """Five minutes, doubled at each try, four hours at the most."""
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def is_too_old(mail: OutgoingMail) -> bool:
    """Whether we tried for five days, as mail servers do (RFC 5321, 4.5.4.1)."""
    return clock.now() - mail.queued_at > GIVE_UP_AFTER
