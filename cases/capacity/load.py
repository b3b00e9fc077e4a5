"""Can the agents bear a mailing: go, in waves, or not now, and from which numbers. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cases.language import gettext as _

AMBER, RED = 0.80, 0.95
WITHIN_A_DAY = 0.8
"""The part of all answers to a mailing that come within 24 hours."""
DAY_HOURS = 24
ENOUGH_DATA = timedelta(days=14)
ADVISES_ONLY = timedelta(days=30)
"""So long after the first case it advises and never blocks."""


class Verdict(StrEnum):
    """What a sender should do."""

    GO = "go"
    WAVES = "waves"
    NO_GO = "no_go"
    UNKNOWN = "not_enough_data"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is known of the next 24 hours, in cases, and of the last."""

    backlog_due: float
    """Open cases whose promise ends within 24 hours, or has ended."""
    forecast: float
    """Cases that will come anyway."""
    capacity: float
    """Cases that the agents on shift can settle."""
    audience: int = 0
    """Persons that a mailing would reach, after exclusions."""
    contact_rate: float = 0.01
    """The part of them that will write to us within 48 hours."""
    attainment: float | None = None
    """The part of the promises of the last 24 hours that was kept; None if none fell due."""
    target: float = 0.90
    breaches_now: int = 0
    breach_limit: int = 20
    degraded: bool = False
    """Mail is not being read or tagged as it should."""
    data_for: timedelta = ENOUGH_DATA

    @property
    def induced(self) -> float:
        """Cases that the mailing itself brings within 24 hours."""
        return self.audience * self.contact_rate * WITHIN_A_DAY

    @property
    def rho(self) -> float:
        """The part of the capacity that is asked for."""
        asked = self.backlog_due + self.forecast + self.induced
        return asked / self.capacity if self.capacity > 0 else float("inf") if asked else 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, what it follows from, and what to do."""

    verdict: Verdict
    rho: float
    formula: str
    reasons: tuple[str, ...] = ()
    max_per_hour: int | None = None
    """How many mails an hour, for waves."""
    not_before: datetime | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A time when a mailing could begin, with what its 24 hours bring."""

    starts_at: datetime
    inputs: Inputs


def judge(inputs: Inputs, slots: Iterable[Slot] = ()) -> Judgement:
    """What a sender should do now; of the later slots the first good one is named."""
    formula = say_formula(inputs)
    if inputs.data_for < ENOUGH_DATA:
        days = ENOUGH_DATA.days
        why = _("there are fewer than {days} days of data", days=days)
        return Judgement(Verdict.UNKNOWN, inputs.rho, formula, (why,))
    red, amber = tuple(_red(inputs)), tuple(_amber(inputs))
    if not red and not amber:
        return Judgement(Verdict.GO, inputs.rho, formula)
    later = next(
        (slot.starts_at for slot in slots if not (*_red(slot.inputs), *_amber(slot.inputs))), None
    )
    blocks = bool(red) and inputs.data_for >= ADVISES_ONLY
    if red:
        return Judgement(Verdict.NO_GO, inputs.rho, formula, red + amber, None, later, blocks)
    return Judgement(Verdict.WAVES, inputs.rho, formula, amber, max_per_hour(inputs), later)


def _red(inputs: Inputs) -> Iterable[str]:
    if inputs.capacity <= 0:
        yield _("nobody is on shift")
    elif inputs.rho >= RED:
        yield _("the load is {rho:.0%}", rho=inputs.rho)
    if inputs.breaches_now > inputs.breach_limit:
        yield _("{number} promises are broken now", number=inputs.breaches_now)
    if inputs.degraded:
        yield _("mail is not being worked on as it should")


def _amber(inputs: Inputs) -> Iterable[str]:
    if AMBER <= inputs.rho < RED:
        yield _("the load is {rho:.0%}", rho=inputs.rho)
    if inputs.attainment is not None and inputs.attainment < inputs.target:
        yield _("only {share:.0%} of the promises were kept", share=inputs.attainment)


def max_per_hour(inputs: Inputs) -> int:
    """How many mails an hour leave the load below 80 %."""
    capacity = inputs.capacity / DAY_HOURS
    baseline = (inputs.backlog_due + inputs.forecast) / DAY_HOURS
    if inputs.contact_rate <= 0:
        return inputs.audience
    return max(0, int((AMBER * capacity - baseline) / inputs.contact_rate))


def say_formula(inputs: Inputs) -> str:
    """The numbers as a sum anybody can check."""
    return _(
        "load = (due {backlog:.0f} + expected {forecast:.0f} + from the mailing {induced:.0f})"
        " / {capacity:.0f} = {rho:.2f}",
        backlog=inputs.backlog_due,
        forecast=inputs.forecast,
        induced=inputs.induced,
        capacity=inputs.capacity,
        rho=inputs.rho,
    )
