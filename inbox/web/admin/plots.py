"""Where things stand in the drawings of the evaluation page: values to coordinates. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# From so much of a leaf on a mistake is marked, and then marked as grave.
NOTABLE, GRAVE = 0.05, 0.1
SIDE = 320
STEPS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """How often one leaf was called another, and how serious that is."""

    count: int
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What was said of the texts of one leaf."""

    code: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Square:
    """Who was called what: the same leaves along both sides."""

    codes: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a curve, with what it says."""

    x: float
    y: float
    words: str
    radius: float = 4.0


def confusion(table: Mapping[str, Mapping[str, int]], codes: Sequence[str]) -> Square:
    """Rows are what the texts are, columns what was said of them."""
    seen = {*table, *(code for row in table.values() for code in row)}
    shown = (*(code for code in codes if code in seen), *sorted(seen - set(codes)))
    rows = (Row(truth, _cells(truth, table.get(truth, {}), shown)) for truth in shown)
    return Square(shown, tuple(rows))


def _cells(truth: str, row: Mapping[str, int], shown: Sequence[str]) -> tuple[Cell, ...]:
    whole = sum(row.values()) or 1
    return tuple(
        Cell(row.get(said, 0), "ok" if said == truth else _tone(row.get(said, 0) / whole))
        for said in shown
    )


def _tone(share: float) -> str:
    if share >= GRAVE:
        return "danger"
    return "warn" if share >= NOTABLE else ""


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
    return round(SIDE * share, 1)


def up(share: float) -> float:
    """Where a share stands from below to above."""
    return round(SIDE * (1 - share), 1)
