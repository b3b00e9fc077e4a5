"""Whether a freshly trained model takes the place of the one in use: rules as a table. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SLACK = 0.01
"""So much less on the frozen texts is chance, not loss."""
WIDEST_GAP = 0.05
"""Languages further apart than this are a loss, unless they were so before."""


class Reason(StrEnum):
    """Why a model was promoted or not."""

    NOT_WORSE = "not_worse"
    WORSE_ON_FROZEN = "worse_on_frozen"
    WORSE_ON_CORRECTIONS = "worse_on_corrections"
    LANGUAGES_APART = "languages_apart"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Worth:
    """What one model is worth: on the frozen texts, and on corrections it did not learn from."""

    strict: float
    lenient: float
    gap: float
    corrected: int = 0
    """How many corrections it was asked about."""
    right: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Promoted or not, and why."""

    promoted: bool
    reason: Reason


Rule = Callable[[Worth, Worth], Reason | None]


def judge(used: Worth, fresh: Worth) -> Verdict:
    """The first rule that objects wins; where none does, the new model is used."""
    objections = (rule(used, fresh) for rule in RULES)
    reason = next((one for one in objections if one is not None), None)
    return Verdict(reason is None, reason or Reason.NOT_WORSE)


def _worse_on_frozen(used: Worth, fresh: Worth) -> Reason | None:
    worse = fresh.strict < used.strict - SLACK or fresh.lenient < used.lenient - SLACK
    return Reason.WORSE_ON_FROZEN if worse else None


def _worse_on_corrections(used: Worth, fresh: Worth) -> Reason | None:
    return Reason.WORSE_ON_CORRECTIONS if fresh.right < used.right else None


def _languages_apart(used: Worth, fresh: Worth) -> Reason | None:
    apart = fresh.gap > max(WIDEST_GAP, used.gap + SLACK)
    return Reason.LANGUAGES_APART if apart else None


RULES: tuple[Rule, ...] = (_worse_on_frozen, _worse_on_corrections, _languages_apart)


def worth(figures: Mapping[str, Any], about: Mapping[str, Any]) -> Worth:
    """The worth in the figures of a model; without any, in what its training noted."""
    frozen = figures.get("frozen") or figures.get("left_out") or {}
    corrections = figures.get("corrections") or {}
    return Worth(
        strict=float(frozen.get("strict", about.get("strict", 0.0))),
        lenient=float(frozen.get("lenient", about.get("lenient", 0.0))),
        gap=float(frozen.get("gap", 0.0)),
        corrected=int(corrections.get("texts", 0)),
        right=int(corrections.get("right", 0)),
    )
