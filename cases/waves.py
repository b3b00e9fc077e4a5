"""Contacts far off the usual: of one person, and of one type of complaint. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, exp, sqrt
from statistics import fmean, pstdev

LEAST = 3
"""Fewer contacts of a person are never called many."""
LEAST_WAVE = 5
RARE = 0.001
SIGMAS = 3.0


@dataclass(frozen=True, slots=True)
class Usual:
    """How often something happens: the mean and the spread."""

    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class Wave:
    """A type of complaint far above its season."""

    type: str
    count: int
    expected: float
    least: int
    """So many would have been enough to call it a wave."""


def usual(counts: Iterable[float]) -> Usual:
    """Mean and spread of what was seen."""
    seen = list(counts)
    return Usual(fmean(seen), pstdev(seen)) if seen else Usual(0.0, 0.0)


def usual_of_many(total: int, squares: int, people: int) -> Usual:
    """The same from sums, where most people have no contact at all and are not listed."""
    if people <= 0:
        return Usual(0.0, 0.0)
    mean = total / people
    return Usual(mean, sqrt(max(squares / people - mean * mean, 0.0)))


def many(before: Usual, least: int = LEAST) -> int:
    """From how many on a count is abnormal: by its spread, and rare by chance alone."""
    return max(least, ceil(before.mean + SIGMAS * before.spread), _rare_from(before.mean))


def _rare_from(mean: float) -> int:
    """The smallest count that chance alone (Poisson) reaches in less than one case in 1,000."""
    if mean > 500:
        # exp(-mean) would soon be nothing; far from zero Cornish and Fisher come close enough.
        return ceil(mean + 3.0902 * sqrt(mean) + 1.43) + 1
    count, term = 0, exp(-mean)
    tail = 1.0
    while tail >= RARE:
        tail -= term
        count += 1
        term *= mean / count
    return count


def wave(
    type_: str, count: int, season: Sequence[int], last_year: int | None = None
) -> Wave | None:
    """Whether a type stands far above its season: the same days of earlier weeks, and last year's.

    A type that nobody complained of before is a wave as soon as there are enough of it.
    """
    before = usual(season)
    mean = max(before.mean, float(last_year or 0))
    least = many(Usual(mean, before.spread), LEAST_WAVE)
    return Wave(type_, count, mean, least) if count >= least else None
