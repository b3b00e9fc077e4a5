"""When we are open: shifts, holidays of a country and region, and days of their own."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from babel.dates import format_skeleton
from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, calendars, clock, hours
from cases.calendars import BusinessCalendar
from cases.db import reading, transaction
from cases.hours import BadHours, NeverOpen
from cases.language import current
from cases.language import gettext as _
from cases.settings import settings
from cases.sla import book as books
from inbox.web import conflicts, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("calendars", __name__, url_prefix="/admin/calendars")
FIELDS = ("name", "zone", "opening_hours", "country", "region", "days")
LONGEST, MOST_DAYS, LONGEST_NAME = 10_000, 400, 60
SHOWN_DAYS, AHEAD = 7, 10
_KEPT = {said: kept for kept, said in calendars.IN_SPANISH.items()}


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All calendars with their next days, and the form for a new version of one."""
    with reading() as session:
        name = request.args.get("name", "")[:60] or books.DEFAULT
        return _page(session, _typed_of(calendars.newest(session, name), name))


def _typed_of(row: BusinessCalendar | None, name: str) -> dict[str, str]:
    if row is None:
        # What the settings say holds from the first case on, so that is what is changed here.
        shifts = said_hours(settings().opening_hours)
        return {"name": name, "zone": settings().zone, "opening_hours": shifts}
    words = calendars.IN_SPANISH if current() == "es" else {}
    days = "\n".join(f"{day}={words.get(said, said)}" for day, said in sorted(row.days.items()))
    values = calendars.as_values(row) | {"days": days, "name": row.name}
    typed = {key: str(value) for key, value in values.items()}
    return typed | {"opening_hours": said_hours(typed["opening_hours"])}


def said_hours(text: str) -> str:
    """The shifts with the days in the reader's language; both are understood."""
    return hours.in_spanish(text) if current() == "es" else text


def _page(
    session: Session, typed: dict[str, str], refusal: str = "", late: Late | None = None
) -> Response:
    book, now = books.read(session), clock.now()
    rows = {row.name: row for row in book.calendars}
    return show(
        session,
        "admin/calendars.html",
        title=_("Business hours"),
        status=409 if late else 422 if refusal else 200,
        lines=[(row, _days(row, now), _free(row, now)) for row in rows.values()],
        typed=typed,
        refusal=refusal,
        said_hours=said_hours,
        zones=sorted(available_timezones()),
        countries=calendars.countries(),
        regions=calendars.countries().get(typed.get("country", ""), ()),
        notice=notices.from_address(),
        **conflicts.shown(_kept(session, typed["name"]), late),
    )


def _kept(session: Session, name: str) -> dict[str, str]:
    return _typed_of(calendars.newest(session, name), name)


def _days(row: BusinessCalendar, now: datetime) -> list[tuple[str, str]]:
    """The next days with the hours as walls show them."""
    built = row.built()
    first = now.astimezone(built.zone).date()
    return [
        (_name(day), " · ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in built.hours_of(day)))
        for day in (first + timedelta(days=n) for n in range(SHOWN_DAYS))
    ]


def _free(row: BusinessCalendar, now: datetime) -> list[tuple[str, str]]:
    """The next holidays and days of their own, within a year."""
    built = row.built()
    first = now.astimezone(built.zone).date()
    found: list[tuple[str, str]] = []
    for day in (first + timedelta(days=n) for n in range(366)):
        what = _what(row, built, day)
        if what:
            found.append((_name(day), what))
        if len(found) == AHEAD:
            break
    return found


def _what(row: BusinessCalendar, built: hours.Calendar, day: date) -> str:
    own = row.days.get(day.isoformat())
    if own is not None:
        words = {calendars.CLOSED: _("closed"), calendars.OPEN: _("open as usual")}
        return words.get(str(own), str(own))
    return calendars.holiday_name(row, day, current()) if built.is_holiday(day) else ""


def _name(day: date) -> str:
    noon = datetime.combine(day, time(12), UTC)
    return format_skeleton("MMMEd", noon, tzinfo=UTC, locale=current())


@pages.post("")
@allow(Policy.ADMIN)
def write() -> AnyResponse:
    """A new version, for cases that open from now on."""
    typed = {name: request.form.get(name, "").strip()[:LONGEST] for name in FIELDS}
    with transaction(lock=conflicts.LOCK) as session:
        row = calendars.newest(session, typed["name"])
        kept = _typed_of(row, typed["name"])
        if row is not None and (
            late := conflicts.late(kept, typed, conflicts.by_row(row, at="created_at"))
        ):
            return _page(session, typed, late=late)
        try:
            values = _values(typed)
            calendars.publish(session, typed["name"], values, at=clock.now())
        except (BadHours, NeverOpen):
            return _page(session, typed, _refusal(typed))
        said = {name: values[name] for name in ("zone", "opening_hours", "country", "region")}
        audit.note(session, by=agent().address, what="calendar.saved", about=typed["name"], **said)
        books.forget(session)
    return redirect(url_for("calendars.page", name=typed["name"], done="saved.1"), 303)


def _values(typed: dict[str, str]) -> dict[str, Any]:
    """As a version keeps it; raises BadHours."""
    if not _is_name(typed["name"]):
        raise BadHours("a calendar needs a name")
    lines = [line.strip() for line in typed["days"].splitlines() if line.strip()]
    if len(lines) > MOST_DAYS:
        raise BadHours("too many days")
    days = {}
    for line in lines:
        day, equals, said = line.partition("=")
        if not equals:
            raise BadHours(f"{line!r} has no =")
        days[day.strip()] = _KEPT.get(said.strip().lower(), said.strip())
    plain = {name: typed[name] for name in ("zone", "country", "region")}
    shifts = hours.in_english(typed["opening_hours"])
    return plain | {"opening_hours": shifts, "days": days, "by": agent().address}


def _is_name(typed: str) -> bool:
    return 0 < len(typed) <= LONGEST_NAME and typed.isprintable()


def _refusal(typed: dict[str, str]) -> str:
    """What is wrong, in words that say how it is written."""
    zone, shifts = typed["zone"], typed["opening_hours"]
    if not _is_name(typed["name"]):
        return _("Give it a name of {number} letters at most.", number=LONGEST_NAME)
    tries = (
        ((zone, "mon-sun 00:00-24:00"), _("A time zone is written as Europe/Madrid.")),
        (
            (zone, shifts),
            _("Hours are written as: mon-fri 09:00-14:00 16:00-19:00, sat 10:00-14:00"),
        ),
        (
            (zone, shifts, typed["country"], typed["region"]),
            _("No holidays are known for this country and region."),
        ),
    )
    for values, said in tries:
        try:
            calendars.build(*values)
        except BadHours:
            return said
    return _("Days are written one a line: 2026-12-24=10:00-13:00, =closed or =open")
