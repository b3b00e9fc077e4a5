"""The form for a limit of pressure: from what was typed to the limit, and back to be changed."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from cases.exclusions.ceilings import BadCeiling, Ceiling, Period
from cases.language import current
from cases.language import gettext as _
from inbox.web import times

HOUR = timedelta(hours=1)
ALWAYS, ONCE, YEARLY = "always", "once", "yearly"
NAMES = ("id", "name", "topic", "runs", "from", "until", "cap", "gap", "why")


def seasons() -> dict[str, str]:
    """When a limit may hold."""
    return {ALWAYS: _("Always"), ONCE: _("Once"), YEARLY: _("Every year")}


def typed_of(one: Ceiling) -> dict[str, str]:
    """The form filled with that limit."""
    typed = {"id": one.id, "name": one.name, "topic": one.topic, "cap": _plain(one.cap)}
    if one.gap is not None:
        typed["gap"] = _plain(one.gap / HOUR)
    if one.period is None:
        return typed | {"runs": ALWAYS}
    first, last = one.period.first.isoformat(), one.period.last.isoformat()
    return typed | {"runs": YEARLY if one.period.yearly else ONCE, "from": first, "until": last}


def _plain(number: float) -> str:
    said = f"{number:.10g}"
    return said.replace(".", ",") if current() == "es" else said


def read(typed: Mapping[str, str], *, by: str, today: date) -> Ceiling:
    """The limit that was typed; raises BadCeiling."""
    gap = typed.get("gap", "")
    return Ceiling(
        typed.get("id", "") or secrets.token_hex(4),
        _number(typed.get("cap", ""), "cap"),
        typed.get("topic", ""),
        _period(typed),
        HOUR * _number(gap, "gap", most=10_000) if gap else None,
        typed.get("name", ""),
        by,
        today.isoformat(),
    )


def _number(said: str, field: str, most: float = 1_000_000) -> float:
    try:
        found = float(said.replace(",", "."))
    except ValueError as wrong:
        raise BadCeiling(field) from wrong
    # What is no number is neither more nor less than anything.
    if not 0 <= found <= most:
        raise BadCeiling(field)
    return found


def _period(typed: Mapping[str, str]) -> Period | None:
    runs = typed.get("runs", ALWAYS)
    if runs == ALWAYS:
        return None
    if runs not in (ONCE, YEARLY):
        raise BadCeiling("runs")
    days = []
    for field in ("from", "until"):
        try:
            days.append(date.fromisoformat(typed.get(field, "")))
        except ValueError as wrong:
            raise BadCeiling(field) from wrong
    return Period(days[0], days[1], runs == YEARLY)


def wrong(field: str) -> str:
    """What to do about that part of the form."""
    return {
        "topic": _(
            "Write a topic or choose a season: the limit for all mail stands among the reasons"
            " for a truce."
        ),
        "cap": _("A limit is a number above 0, such as 3 or 1,5."),
        "gap": _("Hours between two mails: from 0 to 1440, or nothing."),
        "from": _("Choose the first day."),
        "until": _("Choose the last day: not before the first, and at most a year later."),
        "name": _("A name has 60 characters at most."),
        "why": _("Say why, so that the others understand it later."),
        "many": _("There are 50 limits already. End some that are over."),
    }.get(field, _("Choose one of the list."))


def days(one: Ceiling) -> str:
    """When it holds, in words."""
    if one.period is None:
        return _("always")
    if one.period.yearly:
        first, last = (times.in_year(day) for day in (one.period.first, one.period.last))
        return _("{first} to {last}, every year", first=first, last=last)
    first, last = (times.date_of(day) for day in (one.period.first, one.period.last))
    return _("{first} to {last}", first=first, last=last)


def about(one: Ceiling) -> str:
    """Which mail it is for, in words."""
    return _("Topic {topic}", topic=one.topic) if one.topic else _("All mail")
