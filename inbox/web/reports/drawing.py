"""The drawings of the reports that the console has not: parts of a whole, and hours of a week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CELL, ROW = 22, 22
STACK_HEIGHT, STACK_WIDTH = 170, 640
PALEST = 0.08


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of the week, the darker the more."""

    x: int
    y: int
    shade: float
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Columns of parts that make a hundred per cent, and the names under some of them."""

    pieces: tuple[Piece, ...]
    names: tuple[str, ...]


def week(numbers: Mapping[tuple[int, int], int], days: Sequence[str]) -> tuple[Cell, ...]:
    """The hours of a week, days downwards; hours without mail are left out."""
    most = max(numbers.values(), default=1)
    return tuple(
        Cell(
            CELL * hour,
            ROW * weekday,
            round(PALEST + (1 - PALEST) * number / most, 3),
            f"{days[weekday]} {hour}–{hour + 1}: {number}",
        )
        for (weekday, hour), number in sorted(numbers.items())
    )


def stack(columns: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Stack:
    """Parts of a hundred per cent: name of the column, and (tone, number) from below."""
    step = STACK_WIDTH / max(len(columns), 1)
    width = min(max(step - 4, 2.0), 64.0)
    pieces, names = [], []
    every = max(len(columns) // 7, 1)
    for place, (name, parts) in enumerate(columns):
        x, y = (place + 0.5) * step - width / 2, float(STACK_HEIGHT)
        total = sum(number for _tone, number in parts) or 1
        for tone, number in parts:
            height = STACK_HEIGHT * number / total
            y -= height
            if number:
                pieces.append(
                    Piece(
                        round(x, 1), round(y, 1), width, round(height, 1), tone, f"{name}: {number}"
                    )
                )
        if place % every == 0:
            names.append(name)
    return Stack(tuple(pieces), tuple(names))
