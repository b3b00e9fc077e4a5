"""Numbers of the reports as tiles: shares, counts, and what they were before."""

from cases.language import gettext as _
from inbox.web.console.names import number, share
from inbox.web.reports.card import FEW, Tile


def shared(value: float | None) -> str:
    """A share in per cent; a dash where there is none."""
    return "–" if value is None else share(value)


def was(value: float | None) -> str:
    """What it was in the span before."""
    return "" if value is None else _("before: {value}", value=share(value))


def counted(now: int, before: int, about: str) -> Tile:
    """A number beside the one of the span before."""
    return Tile(number(now), about, _("before: {value}", value=number(before)))


def part(value: int, all_: int, about: str) -> Tile:
    """A share with what it is of; pale where that is little."""
    shown = shared(value / all_ if all_ else None)
    return Tile(shown, about, _("{n} of {all}", n=value, all=all_), all_ < FEW)


def agreed(wrong: int, all_: int, about: str) -> Tile:
    """The share that nobody corrected."""
    return Tile(shared(1 - wrong / all_ if all_ else None), about, pale=all_ < FEW)
