"""Numbers of the reports as tiles: shares, counts, and what they were before."""

from datetime import timedelta

from cases.hours import midnight
from cases.language import gettext as _
from cases.language import say_number
from cases.reporting.scope import Scope
from inbox.web import times
from inbox.web.console.names import share
from inbox.web.reports.card import Tile


def day_names(scope: Scope) -> list[str]:
    """What the days are called under a drawing; of one that is not over it is said."""
    days = scope.days()
    names = [times.in_year(day.date) for day in days]
    if days[-1].until < midnight(days[-1].date + timedelta(days=1), scope.zone):
        names[-1] = _("{day}, so far", day=names[-1])
    return names


def shared(value: float | None) -> str:
    """A share in per cent; a dash where there is none."""
    return "–" if value is None else share(value)


def was(value: float | None) -> str:
    """What it was in the span before."""
    return "" if value is None else _("before: {value}", value=share(value))


def counted(now: int, before: int, about: str) -> Tile:
    """A number beside the one of the span before."""
    value = say_number(before)
    if not before or now == before:
        return Tile(say_number(now), about, _("before: {value}", value=value))
    changed = f"{'+' if now > before else '−'}{share(round(abs(now / before - 1), 2))}"
    return Tile(
        say_number(now), about, _("before: {value} ({changed})", value=value, changed=changed)
    )


def part(value: int, all_: int, about: str, before: tuple[int, int] = (0, 0)) -> Tile:
    """A share with what it is of, and the value and the whole that it was of before."""
    shown = shared(value / all_ if all_ else None)
    said = _("{n} of {all}", n=say_number(value), all=say_number(all_))
    past = was(before[0] / before[1]) if before[1] else ""
    return Tile(shown, about, f"{said} · {past}" if past else said, all_)


def agreed(wrong: int, all_: int, about: str) -> Tile:
    """The share that nobody corrected."""
    return Tile(shared(1 - wrong / all_ if all_ else None), about, of=all_)


def open_time(minutes: int | None) -> str:
    """Opening hours as a length: never days, since a day of opening hours is no day."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return _("{minutes} min", minutes=minutes or "< 1")
    if minutes >= 600 or not minutes % 60:
        return _("{hours} h", hours=say_number(round(minutes / 60)))
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
