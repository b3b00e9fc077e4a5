"""Charts drawn by us as SVG: shapes from numbers. Each stands beside a table of the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.language import gettext as _
from cases.language import say_number

WIDTH, HEIGHT = 960, 160
WIDEST = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """One column, and how loud it is."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Shapes on a ground of WIDTH by HEIGHT; the words of its axes stand beside it as text."""

    line: str = ""
    area: str = ""
    bars: tuple[Bar, ...] = ()
    sides: tuple[str, ...] = ()
    """The numbers at the left, from the top down."""
    feet: tuple[str, ...] = ()
    limit: float | None = None
    """Where a border is drawn across, such as the cap."""
    about: str = ""
    """What is to be seen, for who does not see it."""
    width: int = WIDTH
    height: int = HEIGHT


def lines(points: Sequence[tuple[str, float]]) -> Chart:
    """One line over time."""
    if not points:
        return Chart()
    top = _round_up([value for _name, value in points])
    step = WIDTH / max(len(points) - 1, 1)
    places = [(n * step, _y(value, top)) for n, (_name, value) in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    area = f"0,{HEIGHT} {line} {places[-1][0]:.1f},{HEIGHT}"
    middle = points[len(points) // 2][0]
    feet = points[0][0], middle, points[-1][0]
    return Chart(line, area, (), _sides(top), feet, about=_about(points))


def bars(values: Sequence[tuple[str, float, str]], limit: float | None = None) -> Chart:
    """Columns side by side: name, height, tone."""
    if not values:
        return Chart()
    top = _round_up([*(value for _name, value, _tone in values), limit or 0])
    step = WIDTH / len(values)
    width = min(step * 0.8, WIDEST)
    made = [
        Bar(
            *((n + 0.5) * step - width / 2, _y(value, top), width, HEIGHT - _y(value, top)),
            *(tone, f"{name}: {_said(value)}"),
        )
        for n, (name, value, tone) in enumerate(values)
    ]
    named = [(name, value) for name, value, _tone in values]
    border = _y(limit, top) if limit is not None else None
    names = tuple(name for name, _value in named)
    return Chart("", "", tuple(made), _sides(top), names, border, about=_about(named))


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - min(value, top) / top)


def _sides(top: float) -> tuple[str, ...]:
    return tuple(_said(top * part) for part in (1, 0.5, 0))


def _said(value: float) -> str:
    return say_number(int(value) if value == int(value) else value)


def _about(points: Sequence[tuple[str, float]]) -> str:
    """The highest, the lowest and the last, in words."""
    (most, high), (least, low) = (pick(points, key=lambda one: one[1]) for pick in (max, min))
    last, value = points[-1]
    return _(
        "Highest: {high} ({most}). Lowest: {low} ({least}). Last: {value} ({last}).",
        high=_said(high),
        most=most,
        low=_said(low),
        least=least,
        value=_said(value),
        last=last,
    )


def _round_up(values: Sequence[float]) -> float:
    """The next number that is easy to read, and so is its half."""
    value, are_whole = max(values), all(one == int(one) for one in values)
    if value <= 0:
        return 2
    size = 1.0
    while size * 10 < value:
        size *= 10
    while size > value:
        size /= 10
    top = float(next(size * one for one in (1, 2, 4, 6, 8, 10) if size * one >= value))
    return max(top, 2.0) if are_whole else top
