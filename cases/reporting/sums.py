"""Sums of the days that are over, so that no page counts them again; what changes makes them void.

A day that nobody summed, or in which something changed since, is counted from the rows. So a page
says what the rows say, whether the job that sums was there or not.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.reporting.scope import Day, Found, Kept, Scope


class Family(StrEnum):
    """What changes together."""

    MAIL = "mail"
    OPENED = "opened"
    CLOSED = "closed"
    PROMISES = "promises"
    HELD = "held"


class DaySum(Base):
    """What was counted of one day; without a row for the whole (mailbox 0) nothing is known."""

    __tablename__ = "day_sum"

    since: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    family: Mapped[Family]
    until: Mapped[datetime]
    found: Mapped[dict[str, Any]]


class SumChange(Base):
    """Something of a summed day changed: its sums of that family are void."""

    __tablename__ = "sum_change"
    __table_args__ = (Index("ix_sum_change_family_at", "family", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    family: Mapped[Family]
    at: Mapped[datetime]


class SumHead(Base):
    """One row: in which time changes are noted. Only days of that time are summed."""

    __tablename__ = "sum_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    until: Mapped[datetime]
    moved_at: Mapped[datetime]


Days = dict[date, Found]
Sums = dict[tuple[int, int], dict[str, Counter[str]]]
"""By the place of the day and the mailbox; 0 is the whole."""
Only = tuple[ColumnElement[bool], ...]
Count = Callable[[Session, list[Day], Only, "Tally"], None]


class Tally:
    """Counts of some days: of the whole, and of each mailbox if it is `split`."""

    def __init__(self, *, split: bool) -> None:
        self.split = split
        self.sums: Sums = defaultdict(lambda: defaultdict(Counter))

    def add(self, day: int, mailbox_id: int | None, part: str, name: object, number: int) -> None:
        """So many more of that name."""
        for place in {0, mailbox_id or 0} if self.split else {0}:
            self.sums[day, place][part][str(name)] += number


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to be counted day by day."""

    name: str
    family: Family
    count: Count


def by_day(session: Session, scope: Scope, kind: Kind) -> Days:
    """What was counted of each day of the scope."""
    return _counted(session, scope, kind, scope.days())


def of_both(session: Session, scope: Scope, kind: Kind) -> tuple[Days, Days]:
    """The same of the scope and of the one before, in one go."""
    now, before = scope.days(), scope.before.days()
    found = _counted(session, scope, kind, [*before, *now])
    return {day.date: found[day.date] for day in now}, {day.date: found[day.date] for day in before}


def _counted(session: Session, scope: Scope, kind: Kind, days: list[Day]) -> Days:
    """Only days without sums are counted now, and that once where the scope keeps them."""
    known = scope.kept if scope.kept is not None else {}
    rest = [day for day in days if (kind.name, day.since, day.until) not in known]
    if rest:
        counted = count(session, kind, rest, scope.only).sums
        for n, day in enumerate(rest):
            known[kind.name, day.since, day.until] = counted.get((n, 0), {})
    return {day.date: known[kind.name, day.since, day.until] for day in days}


def count(
    session: Session, kind: Kind, days: list[Day], only: Only, *, split: bool = False
) -> Tally:
    """Counted from the rows."""
    tally = Tally(split=split)
    kind.count(session, days, only, tally)
    return tally


def together(found: Iterable[Found]) -> dict[str, Counter[str]]:
    """The sums of several days as one."""
    whole: dict[str, Counter[str]] = defaultdict(Counter)
    for sums in found:
        for part, numbers in sums.items():
            whole[part].update(numbers)
    return whole


def with_kept(
    session: Session, scope: Scope, mailbox_id: int | None, kinds: Sequence[Kind]
) -> Scope:
    """The scope with what is known of those kinds in both its spans.

    Of the cases of that mailbox, of all with 0; None where its cases are chosen by something else.
    """
    rows = session.execute(
        select(DaySum).where(
            DaySum.kind.in_([kind.name for kind in kinds]),
            *(DaySum.since >= scope.before.since, DaySum.until <= scope.until),
            *(_are_about(mailbox_id), ~_is_void()),
        )
    ).scalars()
    return replace(scope, kept=_kept(rows, mailbox_id))


def _are_about(mailbox_id: int | None) -> ColumnElement[bool]:
    """The condition that a sum is of the mailbox or of the whole; who is held, is so everywhere."""
    if mailbox_id is None:
        return DaySum.family == Family.HELD
    return DaySum.mailbox_id.in_({0, mailbox_id})


def _kept(rows: Iterable[DaySum], mailbox_id: int | None) -> Kept:
    kept: Kept = {}
    # A mailbox without a row had nothing in a day of which the whole is known.
    for row in sorted(rows, key=lambda row: row.mailbox_id != 0):
        is_wanted = row.family is Family.HELD or row.mailbox_id == mailbox_id
        kept[row.kind, row.since, row.until] = row.found if is_wanted else {}
    return kept


def _is_void() -> ColumnElement[bool]:
    """The condition that something of the sum's day changed after it was made."""
    # Whoever is held from an instant on is held on the days after it, too.
    is_its_own = or_(SumChange.at >= DaySum.since, SumChange.family == Family.HELD)
    return exists().where(
        SumChange.family == DaySum.family, SumChange.at < DaySum.until, is_its_own
    )
