"""Charts drawn by us as SVG: shapes from numbers. Each stands beside a table of the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    width: int = WIDTH
    height: int = HEIGHT


def lines(points: Sequence[tuple[str, float]]) -> Chart:
    """One line over time."""
    if not points:
        return Chart()
    top = _round_up(max(value for _, value in points))
    step = WIDTH / max(len(points) - 1, 1)
    places = [(n * step, _y(value, top)) for n, (_, value) in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    area = f"0,{HEIGHT} {line} {places[-1][0]:.1f},{HEIGHT}"
    middle = points[len(points) // 2][0]
    return Chart(line, area, (), _sides(top), (points[0][0], middle, points[-1][0]))


def bars(values: Sequence[tuple[str, float, str]], limit: float | None = None) -> Chart:
    """Columns side by side: name, height, tone."""
    if not values:
        return Chart()
    top = _round_up(max(*(value for _, value, _ in values), limit or 0))
    step = WIDTH / len(values)
    width = min(step * 0.8, WIDEST)
    made = [
        Bar((n + 0.5) * step - width / 2, _y(value, top), width, HEIGHT - _y(value, top), tone)
        for n, (_name, value, tone) in enumerate(values)
    ]
    names = tuple(name for name, _, _ in values)
    border = _y(limit, top) if limit is not None else None
    return Chart("", "", tuple(made), _sides(top), names, border)


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - min(value, top) / top)


def _sides(top: float) -> tuple[str, ...]:
    return tuple(f"{top * part:g}" for part in (1, 0.5, 0))


def _round_up(value: float) -> float:
    """The next number that is easy to read."""
    if value <= 0:
        return 1
    size = 1.0
    while size * 10 < value:
        size *= 10
    while size > value:
        size /= 10
    return float(next(size * one for one in (1, 2, 4, 5, 10) if size * one >= value))
