"""How long people wait for the first answer of a person, in opening hours."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.reporting.rows import taken
from cases.reporting.scope import Day, Scope
from cases.reporting.sums import Days, Family, Kind, Only, Tally, of_both, together
from cases.sla import book as books

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Waits:
    """Minutes of opening hours until the first answer, and how many cases waited so long."""

    minutes: Mapping[int, int]

    @property
    def cases(self) -> int:
        return sum(self.minutes.values())

    def at(self, part: float) -> int | None:
        """The minutes within which that part of the cases was answered; None without any."""
        wanted = part * self.cases
        passed = accumulate(number for _minutes, number in sorted(self.minutes.items()))
        found = zip(sorted(self.minutes), passed, strict=True)
        return next((minutes for minutes, so_far in found if so_far >= wanted), None)

    def within(self, minutes: int) -> int:
        """How many were answered in at most so many minutes."""
        return sum(number for waited, number in self.minutes.items() if waited <= minutes)


def waits(session: Session, scope: Scope) -> tuple[Waits, Waits]:
    """Of the cases opened in the span that a person answered; and of those in the one before."""
    now, before = of_both(session, scope, ANSWERED)
    return _waits(now), _waits(before)


def _waits(days: Days) -> Waits:
    found = together(days.values())["minutes"]
    return Waits(Counter({int(minutes): number for minutes, number in found.items()}))


def _answered(session: Session, days: list[Day], only: Only, tally: Tally) -> None:
    columns = Case.mailbox_id, Case.policy_id, Case.opened_at, Case.answered_at
    where = Case.bulk.is_(False), Case.answered_at.is_not(None), *only
    cases, waited = taken(session, days, Case.opened_at, *columns, where=where), _measure(session)
    for n, mailbox_id, policy_id, opened_at, answered_at in session.execute(select(cases)):
        minutes = waited(policy_id, opened_at, answered_at) // _MINUTE
        tally.add(n, mailbox_id, "minutes", minutes, 1)


ANSWERED = Kind("answered", Family.OPENED, _answered)


def _measure(session: Session) -> Callable[[int | None, datetime, datetime], timedelta]:
    """Opening hours between two instants, by the calendar of what was promised to the case."""
    book = books.read(session)

    def waited(policy_id: int | None, since: datetime, until: datetime) -> timedelta:
        policy = book.numbered(policy_id)
        name = policy.calendar if policy is not None else books.DEFAULT
        return book.calendar(name, since).elapsed(since, until)

    return waited
