"""What a card of the reports is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cases.language import ngettext
from inbox.web.console.charts import Chart
from inbox.web.reports.drawing import Cell, Stack

FEW = 20
"""Shares of fewer than that say little, and are shown pale."""
Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One number, what it is, and how it was in the span before."""

    value: str
    about: str
    before: str = ""
    of: int | None = None
    """How many the share was taken of; few say little."""

    @property
    def few(self) -> str:
        """That they are few, where they are."""
        if self.of is None or self.of >= FEW:
            return ""
        return ngettext(
            "{n} is too few to say much", "{n} are too few to say much", self.of, n=self.of
        )


@dataclass(frozen=True, slots=True)
class Card:
    """What is counted and how, the drawing, and the numbers."""

    key: str
    title: str
    means: str
    nothing: str
    """What is so where there is nothing to count."""
    columns: tuple[str, ...]
    rows: Sequence[Row]
    tiles: Sequence[Tile] = ()
    chart: Chart | None = None
    second: Chart | None = None
    cells: Sequence[Cell] = ()
    days: Sequence[str] = ()
    stack: Stack | None = None
    legend: Sequence[tuple[str, str]] = ()
    """Tone and name of the parts of a stack."""
    bars: Sequence[float] = field(default=())
    """For each row how much of the track it fills, from 0 to 1."""
    unit: str = ""
    """What the figures beside the drawing count."""
    names: int = 1
    """How many columns from the left are names; all others are numbers."""
