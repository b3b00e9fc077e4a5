"""When we are open, as the admin wrote it down: hours, zone, holidays, and days of their own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import hours
from cases.db import Base, hold
from cases.hours import BadHours, Calendar, Window

CLOSED, OPEN = "closed", "open"
"""What a day of its own may be, beside hours such as 10:00-13:00."""
LOCK = "calendars"
"""Versions are numbered by one at a time."""
IN_SPANISH = {CLOSED: "cerrado", OPEN: "abierto"}


class BusinessCalendar(Base):
    """One version of a calendar. Rows are added and never changed: what was promised stands."""

    __tablename__ = "business_calendar"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    zone: Mapped[str]
    opening_hours: Mapped[str]
    country: Mapped[str] = mapped_column(default="")
    """Two letters, such as ES; empty: no holidays but those among `days`."""
    region: Mapped[str] = mapped_column(default="")
    days: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """A date, such as 2026-12-24, and "closed", "open", or hours such as "10:00-13:00"."""
    created_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(default="")

    def built(self) -> Calendar:
        """The calendar itself; raises BadHours."""
        days = tuple(sorted((day, str(said)) for day, said in self.days.items()))
        return build(self.zone, self.opening_hours, self.country, self.region, days)


@lru_cache(maxsize=64)
def build(
    zone: str,
    opening_hours: str,
    country: str = "",
    region: str = "",
    days: tuple[tuple[str, str], ...] = (),
) -> Calendar:
    """A calendar of those hours, holidays and days of their own; raises BadHours."""
    _check_zone(zone)
    plain = hours.parse(opening_hours, zone)
    special = {_date(day): _hours_of(said, _date(day), plain) for day, said in days}
    return hours.parse(opening_hours, zone, _holidays(country, region), special)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        # A name too long for a file is an OSError.
        raise BadHours(f"{zone!r} is no time zone; write e.g. Europe/Madrid") from wrong


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise BadHours(f"{text!r} is no day; write e.g. 2026-12-24") from wrong


def _hours_of(said: str, day: date, plain: Calendar) -> tuple[Window, ...]:
    if said == CLOSED:
        return ()
    if said == OPEN:
        return plain.week.get(day.weekday(), ())
    return hours.windows_of(said)


def _holidays(country: str, region: str) -> Callable[[date], bool]:
    """The public holidays of a country or region; raises BadHours if nobody knows it."""
    if not country:
        return lambda _day: False
    known = _known(country, region, "")
    return lambda day: day in known


@lru_cache(maxsize=64)
def _known(country: str, region: str, language: str) -> holidays.HolidayBase:
    try:
        made = holidays.country_holidays(country, subdiv=region or None)
        spoken = _spoken(made, language)
        return holidays.country_holidays(country, subdiv=region or None, language=spoken)
    except NotImplementedError as wrong:
        where = f"{country} {region}".strip()
        raise BadHours(f"no holidays are known for {where!r}; write e.g. ES and MD") from wrong


def _spoken(made: holidays.HolidayBase, language: str) -> str | None:
    """The library's name of a language it can say the holidays of that country in."""
    offered = made.supported_languages
    fitting = [one for one in offered if language and one.split("_")[0] == language]
    return fitting[0] if fitting else made.default_language


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """The countries whose holidays are known, and their regions."""
    found = holidays.list_supported_countries()
    return {code: tuple(found[code]) for code in sorted(found)}


def holiday_name(row: BusinessCalendar, day: date, language: str) -> str:
    """What the holiday of that day is called, or "" if it is none."""
    if not row.country or day.isoformat() in row.days:
        return ""
    return _known(row.country, row.region, language).get(day) or ""


def publish(session: Session, name: str, values: Mapping[str, Any], *, at: datetime) -> Calendar:
    """Add a version of that calendar, with what is said changed; raises BadHours, NeverOpen."""
    hold(session, LOCK)
    before = newest(session, name)
    kept = as_values(before) if before is not None else {}
    row = BusinessCalendar(
        **(kept | dict(values)),
        name=name,
        version=before.version + 1 if before is not None else 1,
        created_at=at,
    )
    row.days = row.days or {}
    made = row.built()
    made.next_open(at)
    session.add(row)
    session.flush()
    return made


def as_values(row: BusinessCalendar) -> dict[str, Any]:
    """What it says, for a version that changes some of it."""
    names = ("zone", "opening_hours", "country", "region", "days")
    return {name: getattr(row, name) for name in names}


def newest(session: Session, name: str) -> BusinessCalendar | None:
    """The version of that calendar that holds for promises from now on."""
    return session.scalars(
        select(BusinessCalendar)
        .where(BusinessCalendar.name == name)
        .order_by(BusinessCalendar.version.desc())
        .limit(1)
    ).first()
