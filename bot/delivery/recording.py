"""What became of claimed mails, written down: one statement a mail, the last at the end."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import ReturningUpdate

from bot.outbox import OutgoingMail, State
from bot.settings import settings
from cases import clock
from cases.db import one_by_one
from cases.mail import Origin
from cases.message import Direction, Message

GIVE_UP_AFTER = timedelta(days=5)
_TABLE = cast(Table, OutgoingMail.__table__)
_SAID = cast(Table, Message.__table__)
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=4)
Statement = ReturningUpdate[int]


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
    _stack: ExitStack = field(default_factory=ExitStack)
    _kept: Connection | None = None

    def goes_out(self, mail: OutgoingMail) -> bool:
        """Note that the body is about to leave; False if the mail is no longer ours to send."""
        before = self._open.pop() if self._open and self._open[-1].state is State.ACCEPTED else None
        self._write()
        if before is None:
            return mail.id in self._tell(_BEGUN[mail.automatic], _beginning(mail))
        return mail.id in self._tell(_NEXT[mail.automatic], _beginning(mail) | _ending(before))

    def settle(self, mail: OutgoingMail, state: State, said: str) -> None:
        """Remember what became of it."""
        self._open.append(Outcome(mail, state, said))

    def close(self) -> None:
        """Write what is not yet written."""
        with self._stack:
            self._write()

    def _write(self) -> None:
        written, self._open = self._open, []
        for outcome in written:
            self._tell(_ENDED[outcome.state], _ending(outcome))

    def _tell(self, statement: Statement, values: dict[str, Any]) -> set[int]:
        try:
            return _changed(self._connection(), statement, values)
        except DBAPIError as lost:
            if not lost.connection_invalidated:
                raise
            # The database was started anew while the relay thought. To say it twice does no harm:
            # each statement asks where the mail is now.
            self._stack.close()
            self._kept = None
            return _changed(self._connection(), statement, values)

    def _connection(self) -> Connection:
        if self._kept is None:
            self._kept = self._stack.enter_context(one_by_one())
        return self._kept


def record(mail: OutgoingMail, state: State, said: str = "") -> bool:
    """Write at once what became of a claimed mail; False if the claim was no longer ours."""
    with one_by_one() as connection:
        if state is State.DATA_SENT:
            return bool(_changed(connection, _BEGUN[mail.automatic], _beginning(mail)))
        ending = _ending(Outcome(mail, state, said))
        return bool(_changed(connection, _ENDED[state], ending))


def _changed(connection: Connection, statement: Statement, values: dict[str, Any]) -> set[int]:
    return set(connection.execute(statement, values).scalars())


def _beginning(mail: OutgoingMail) -> dict[str, Any]:
    lease = clock.now() + timedelta(seconds=settings().send_lease_seconds)
    ours = {"which": mail.id, "tries": mail.attempts}
    said = {"case": mail.case_id, "message": mail.message_id or 0} if mail.automatic else {}
    return ours | {"lease": lease} | said


def _ending(outcome: Outcome) -> dict[str, Any]:
    mail, state = outcome.mail, outcome.state
    at = clock.now() + (backoff(mail.attempts) if state is State.DEFERRED else timedelta(0))
    ours = {"last": mail.id, "last_tries": mail.attempts}
    return ours | {"became": state, "said": outcome.said[:500], "at": at}


# These stand between two mails on the wire, so they are made once: only their values change.
_ID, _STATE = _TABLE.c.id, _TABLE.c.state
_LEASE: BindParameter[Any] = bindparam("lease", type_=_TABLE.c.leased_until.type)
_AT: BindParameter[Any] = bindparam("at", type_=_TABLE.c.settled_at.type)
_WORDS: BindParameter[Any] = bindparam("said", type_=_TABLE.c.receipt.type)
_BECAME: BindParameter[Any] = bindparam("became", type_=_STATE.type)
_LAST: BindParameter[Any] = bindparam("last", type_=_ID.type)
_BEGINS = and_(
    bindparam("which") == _ID,
    _TABLE.c.attempts == bindparam("tries"),
    _STATE == State.CLAIMED,
)
_ENDS = and_(
    _ID == _LAST,
    _TABLE.c.attempts == bindparam("last_tries"),
    # Written out, since a list would be spelled anew for every mail.
    or_(_STATE == State.CLAIMED, _STATE == State.DATA_SENT),
)
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
# The last look: a person who answered since the mail was claimed goes before a bot.
_MAY_BEGIN = {False: _BEGINS, True: _BEGINS & ~_ANSWERED}


def _made(which: ColumnElement[bool], **values: Any) -> Statement:
    return update(_TABLE).where(which).values(**values).returning(_ID)


def _for_the_last(value: Any, otherwise: Any) -> Any:
    return case((_ID == _LAST, value), else_=otherwise)


def _next(may_begin: ColumnElement[bool]) -> Statement:
    """The relay took the last mail, and the body of the next one is about to leave."""
    return _made(
        or_(_ENDS, may_begin),
        state=_for_the_last(_BECAME, literal(State.DATA_SENT, _STATE.type)),
        receipt=_for_the_last(_WORDS, _TABLE.c.receipt),
        settled_at=_for_the_last(_AT, _TABLE.c.settled_at),
        last_error=_for_the_last("", _TABLE.c.last_error),
        leased_until=_for_the_last(_TABLE.c.leased_until, _LEASE),
    )


_BEGUN = {
    automatic: _made(may_begin, state=State.DATA_SENT, leased_until=_LEASE)
    for automatic, may_begin in _MAY_BEGIN.items()
}
_NEXT = {automatic: _next(may_begin) for automatic, may_begin in _MAY_BEGIN.items()}
_FAILED = _made(_ENDS, state=_BECAME, last_error=_WORDS, settled_at=_AT)
_ENDED = {
    State.ACCEPTED: _made(_ENDS, state=_BECAME, receipt=_WORDS, settled_at=_AT, last_error=""),
    State.DEFERRED: _made(_ENDS, state=_BECAME, last_error=_WORDS, due_at=_AT),
    State.REJECTED: _FAILED,
    State.UNCERTAIN: _FAILED,
}


def backoff(attempts: int) -> timedelta:
    """Five minutes, doubled at each try, four hours at the most."""
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def is_too_old(mail: OutgoingMail) -> bool:
    """Whether we tried for five days, as mail servers do (RFC 5321, 4.5.4.1)."""
    return clock.now() - mail.queued_at > GIVE_UP_AFTER
