"""The book of promises: all versions of policies and calendars, and which holds for a case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import audit, calendars, clock
from cases.calendars import BusinessCalendar
from cases.db import Base, hold
from cases.hours import Calendar
from cases.rows.upserting import insert_into
from cases.settings import settings
from cases.sla.policy import Pause, Policy, Target
from classifiers import taxonomy

DEFAULT, LOCK = "default", "promises"
BY_SETTINGS = "settings"
"""Who wrote the versions that follow the settings; once an admin wrote one, theirs hold."""


class BadPolicy(Exception):
    """A policy that cannot be promised; the text says why."""


class SlaPolicy(Base):
    """One version of a policy. Rows are added and never changed: the past is not rewritten."""

    __tablename__ = "sla_policy"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))
    """For mail to that mailbox alone; None is for all."""
    type: Mapped[str] = mapped_column(default="")
    """For a leaf or a branch of the taxonomy alone."""
    tier: Mapped[str] = mapped_column(default="")
    first_response: Mapped[int | None]
    """In seconds of business time, as all of these."""
    next_response: Mapped[int | None]
    resolution: Mapped[int | None]
    keep_informed: Mapped[int | None]
    call_back: Mapped[int | None]
    warn_at: Mapped[float] = mapped_column(default=0.75)
    pauses: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    """The states in which its clocks stand, with blanks between."""
    calendar: Mapped[str] = mapped_column(default=DEFAULT)
    retired: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(default="")

    def value(self) -> Policy:
        """What it promises."""
        times = {target.value: _span(getattr(self, target.value)) for target in Target}
        return Policy(
            **times,
            warn_at=self.warn_at,
            pauses=frozenset(map(Pause, self.pauses.split())),
            calendar=self.calendar,
            name=self.name,
            version=self.version,
            id=self.id,
        )


def _span(seconds: int | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds is not None else None


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a case decides which policy is its own."""

    mailbox_id: int | None = None
    type: str = ""
    tier: str = ""


@dataclass(frozen=True)
class Book:
    """All versions there are, oldest first."""

    policies: Sequence[SlaPolicy] = ()
    calendars: Sequence[BusinessCalendar] = ()

    def policy(self, scope: Scope, as_of: datetime) -> Policy:
        """What was promised to such a case at that instant: the most specific that fits."""
        names = {row.name for row in self.policies}
        rows = (_in_force(self._versions(name), as_of) for name in names)
        fitting = [row for row in rows if row is not None and fits(row, scope)]
        if not fitting:
            return by_settings()
        return self._values[max(fitting, key=_specific).id]

    def numbered(self, policy_id: int | None) -> Policy | None:
        """That very version."""
        return self._values.get(policy_id)

    @cached_property
    def _values(self) -> Mapping[int | None, Policy]:
        """What each version promises; a batch of mails asks for the same ones again and again."""
        return {row.id: row.value() for row in self.policies}

    def calendar(self, name: str, as_of: datetime) -> Calendar:
        """The version of that calendar that held at that instant."""
        row = self.calendar_row(name, as_of)
        return row.built() if row is not None else calendar_by_settings()

    def calendar_row(self, name: str, as_of: datetime) -> BusinessCalendar | None:
        """The row of that version."""
        rows = [row for row in self.calendars if row.name == name]
        before = [row for row in rows if row.created_at <= as_of]
        return (before or rows[::-1] or [None])[-1]  # type: ignore[list-item]

    def _versions(self, name: str) -> list[SlaPolicy]:
        return [row for row in self.policies if row.name == name]


def _in_force(versions: list[SlaPolicy], as_of: datetime) -> SlaPolicy | None:
    before = [row for row in versions if row.created_at <= as_of]
    if before:
        return None if before[-1].retired else before[-1]
    # Mail that lay waiting while the first version was written is promised that one.
    return versions[0] if versions[0].name == DEFAULT else None


def fits(row: SlaPolicy, scope: Scope) -> bool:
    """Whether the policy is one for such a case."""
    typed = not row.type or taxonomy.covers(row.type, scope.type)
    return (
        typed
        and row.mailbox_id in (None, scope.mailbox_id)
        and row.tier.casefold() in ("", scope.tier.casefold())
    )


def _specific(row: SlaPolicy) -> tuple[int, bool, int, bool, str]:
    """More conditions win; among as many, the person's tier before the type and the mailbox."""
    depth = len(row.type.split(".")) if row.type else 0
    boxed, tiered = row.mailbox_id is not None, bool(row.tier)
    return boxed + tiered + bool(depth), tiered, depth, boxed, row.name


def by_settings() -> Policy:
    """The policy that is shipped: each unanswered mail is answered within the same time."""
    owed = timedelta(hours=settings().first_response_hours)
    return Policy(first_response=owed, next_response=owed)


def calendar_by_settings() -> Calendar:
    """The opening hours of the settings."""
    return calendars.build(settings().zone, settings().opening_hours)


def read(session: Session) -> Book:
    """The book as it is now, read once a transaction."""
    found: Book | None = session.info.get("promises_book")
    if found is None:
        found = session.info["promises_book"] = Book(
            session.scalars(select(SlaPolicy).order_by(SlaPolicy.name, SlaPolicy.version)).all(),
            session.scalars(
                select(BusinessCalendar).order_by(BusinessCalendar.name, BusinessCalendar.version)
            ).all(),
        )
    return found


def kept_up(session: Session) -> Book:
    """The book, after the versions that follow the settings were added where they are new."""
    book = read(session)
    rows = {SlaPolicy: _default_policy(), BusinessCalendar: _default_calendar()}
    stale = [
        (table, values, latest)
        for table, values in rows.items()
        if _differs(latest := _newest(book, table), values)
    ]
    for table, values, latest in stale:
        _add(session, table, values, (latest.version if latest is not None else 0) + 1)
    if stale:
        forget(session)
    return read(session)


def _default_policy() -> dict[str, Any]:
    seconds = int(settings().first_response_hours * 3600)
    return {"first_response": seconds, "next_response": seconds}


def _default_calendar() -> dict[str, Any]:
    return {"zone": settings().zone, "opening_hours": settings().opening_hours}


def _newest(book: Book, table: type[Base]) -> SlaPolicy | BusinessCalendar | None:
    rows: Iterable[Any] = book.policies if table is SlaPolicy else book.calendars
    return next((row for row in reversed(list(rows)) if row.name == DEFAULT), None)


def _differs(latest: SlaPolicy | BusinessCalendar | None, values: Mapping[str, Any]) -> bool:
    if latest is None:
        return True
    said = any(getattr(latest, name) != value for name, value in values.items())
    return latest.by == BY_SETTINGS and said


def _add(session: Session, table: type[Base], values: Mapping[str, Any], version: int) -> None:
    # Two processes may start at once: the second finds the version written by the first.
    plain: dict[str, Any] = {"warn_at": 0.75} if table is SlaPolicy else {"days": {}}
    known = {"name": DEFAULT, "version": version, "created_at": clock.now(), "by": BY_SETTINGS}
    row = plain | dict(values) | known
    session.execute(insert_into(session, table).values(**row).on_conflict_do_nothing())


def forget(session: Session) -> None:
    """Have the book read again."""
    session.info.pop("promises_book", None)


def publish(session: Session, name: str, values: Mapping[str, Any], *, at: datetime) -> Policy:
    """Add a version of that policy; it holds for cases that open from now on. Raises BadPolicy."""
    wrong = _wrong(values)
    if wrong:
        raise BadPolicy(wrong)
    hold(session, LOCK)
    forget(session)
    before = [row.version for row in read(session).policies if row.name == name]
    row = SlaPolicy(**values, name=name, version=max(before, default=0) + 1, created_at=at)
    session.add(row)
    by = str(values.get("by", ""))
    audit.note(session, by=by, what="promise.saved", about=name, version=row.version)
    session.flush()
    forget(session)
    return row.value()


def _wrong(values: Mapping[str, Any]) -> str:
    times = [values.get(target.value) for target in Target]
    if any(one is not None and one <= 0 for one in times):
        return "a promised time must be longer than nothing"
    if not 0 < values.get("warn_at", 0.75) <= 1:
        return "the warning comes after a part of the time between 0 and 1"
    return ""
