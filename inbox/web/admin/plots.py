"""Where things stand in the drawings of the evaluation page: values to coordinates. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CELL = 34
NAMES = 216
"""Room for the names of the leaves, left of the table and above it."""
PALEST, DEEPEST = 0.06, 0.5
# A mistake is as dark as it can be when a quarter of a leaf goes there.
GRAVE = 4
SIDE = 320
EDGE = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """How often one leaf was called another."""

    x: int
    y: int
    count: int
    shade: float
    right: bool
    words: str


@dataclass(frozen=True, slots=True)
class Square:
    """A table of who was called what: names along both sides, and its cells."""

    size: int
    names: tuple[tuple[str, int], ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a curve, with what it says."""

    x: float
    y: float
    words: str
    radius: float = 4.0


def confusion(
    table: Mapping[str, Mapping[str, int]], codes: Sequence[str], name: Callable[[str], str]
) -> Square:
    """Rows are what the texts are, columns what was said of them; shade is the share of a row."""
    seen = {*table, *(code for row in table.values() for code in row)}
    shown = [code for code in codes if code in seen] + sorted(seen - set(codes))
    places = {code: NAMES + CELL * place for place, code in enumerate(shown)}
    cells = tuple(
        Cell(
            x=places[said],
            y=places[truth],
            count=count,
            shade=_shade(count / sum(row.values()) * (1 if truth == said else GRAVE)),
            right=truth == said,
            words=f"{name(truth)} → {name(said)}: {count}",
        )
        for truth, row in table.items()
        for said, count in row.items()
    )
    names = tuple((name(code), places[code]) for code in shown)
    return Square(NAMES + CELL * len(shown) + 4, names, cells)


def _shade(share: float) -> float:
    return round(PALEST + (DEEPEST - PALEST) * min(share, 1.0), 3)


def mistakes(table: Mapping[str, Mapping[str, int]], most: int = 5) -> list[tuple[str, str, int]]:
    """The commonest mistakes: what it is, what was said, how often."""
    wrong = [
        (truth, said, count)
        for truth, row in table.items()
        for said, count in row.items()
        if said != truth
    ]
    return sorted(wrong, key=lambda one: (-one[2], one[0], one[1]))[:most]


def calibration(bins: Sequence[Mapping[str, Any]]) -> tuple[Dot, ...]:
    """How sure it was along, how often that was right upwards; more texts make a larger dot."""
    most = max((one["texts"] for one in bins), default=1)
    return tuple(
        Dot(
            across(one["sure"]),
            up(one["fine"]),
            f"{one['sure']:.0%} → {one['fine']:.0%} ({one['texts']})",
            round(3 + 7 * (one["texts"] / most) ** 0.5, 1),
        )
        for one in bins
    )


def line(points: Sequence[Mapping[str, Any]], name: str) -> str:
    """A curve over the thresholds, as the points of a polyline."""
    return " ".join(f"{across(one['threshold'])},{up(one[name])}" for one in points)


def across(share: float) -> float:
    """Where a share stands from left to right."""
    return round(EDGE + SIDE * share, 1)


def up(share: float) -> float:
    """Where a share stands from below to above."""
    return round(EDGE / 2 + SIDE * (1 - share), 1)
