"""Charts drawn by us as SVG: shapes from numbers. Each stands beside a table of the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160
LEFT, BOTTOM, TOP = 44, 22, 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One column, and how loud it is."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Shapes on a ground of WIDTH by HEIGHT."""

    line: str = ""
    area: str = ""
    bars: tuple[Bar, ...] = ()
    grid: tuple[Mark, ...] = ()
    names: tuple[Mark, ...] = ()
    limit: float | None = None
    """Where a border is drawn across, such as the cap."""
    width: int = WIDTH
    height: int = HEIGHT


def lines(points: Sequence[tuple[str, float]]) -> Chart:
    """One line over time."""
    if not points:
        return Chart()
    top = _round_up(max(value for _, value in points))
    step = (WIDTH - LEFT - 8) / max(len(points) - 1, 1)
    places = [(LEFT + n * step, _y(value, top)) for n, (_, value) in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    ground = HEIGHT - BOTTOM
    area = f"{LEFT},{ground} {line} {places[-1][0]:.1f},{ground}"
    every = max(len(points) // 6, 1)
    names = tuple(
        Mark(places[n][0], HEIGHT - 6, name) for n, (name, _) in enumerate(points) if n % every == 0
    )
    return Chart(line, area, (), _grid(top), names)


def bars(values: Sequence[tuple[str, float, str]], limit: float | None = None) -> Chart:
    """Columns side by side: name, height, tone."""
    if not values:
        return Chart()
    top = _round_up(max(*(value for _, value, _ in values), limit or 0))
    step = (WIDTH - LEFT - 8) / len(values)
    ground, made, names = HEIGHT - BOTTOM, [], []
    for n, (name, value, tone) in enumerate(values):
        y = _y(value, top)
        made.append(Bar(LEFT + n * step + 3, y, max(step - 6, 2), ground - y, tone, f"{value:g}"))
        names.append(Mark(LEFT + (n + 0.5) * step, HEIGHT - 6, name))
    border = _y(limit, top) if limit is not None else None
    return Chart("", "", tuple(made), _grid(top), tuple(names), border)


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - min(value, top) / top)


def _grid(top: float) -> tuple[Mark, ...]:
    return tuple(Mark(LEFT - 6, _y(top * part, top), f"{top * part:g}") for part in (0, 0.5, 1))


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
