"""What the admin chose for exclusions: how long each lasts, and when mail counts as vouched for."""

from datetime import timedelta
from functools import cache

from pydantic import Field

from cases.settings import EnvironmentThenFile


class Settings(EnvironmentThenFile):
    """Settings of the exclusions; docs/configuration.md lists them all."""

    trusted_servers: list[str] = Field(default_factory=list)
    """The same setting as the inbox's: with one, a mail that none vouches for is provisional."""
    truce_after_closing: timedelta = timedelta(hours=72)
    truce_after_good_closing: timedelta = timedelta(hours=24)
    """The same where the customer said that they were content."""
    truce_after_bad_closing: timedelta = timedelta(days=14)
    """The same where they said that they were not: an apology is owed first."""
    truce_after_breach: timedelta = timedelta(days=7)
    truce_after_claim: timedelta = timedelta(days=30)
    truce_after_bad_mood: timedelta = timedelta(days=14)
    truce_after_contacts: timedelta = timedelta(days=14)
    truce_after_talk: timedelta = timedelta(days=30)
    """How long a series of mails does not go on after a person of ours wrote."""
    truce_provisional: timedelta = timedelta(hours=72)
    truce_forgotten_case: timedelta = timedelta(days=30)
    """An open case that is no complaint holds nobody any longer once this quiet."""
    truce_quiet_case: timedelta = timedelta(days=14)
    """The owner of an open case is asked about it after so long without any event."""
    repeated_contacts: int = Field(default=3, ge=2)
    provisional_alarm: int = Field(default=100, ge=1)
    """Provisional exclusions within an hour that call for a look."""
    waves_hold: bool = True
    """Whether all who complain of a type far above its season are held until it is over."""
    reach_alarm: float = Field(default=0.06, gt=0, le=1)
    """A larger part of all customers on truce calls for a look: a silent sender is forgotten."""
    list_kept: timedelta = timedelta(days=7)
    """How long an uploaded list is kept; sealed meanwhile, and gone afterwards."""
    pressure_cap: float = Field(default=3.0, gt=0)
    pressure_half_life: timedelta = timedelta(days=7)
    pressure_gap: timedelta = timedelta(hours=24)
    """Between two solicitations of one kind."""
    sandbox: bool = False
    """Whether all people here are invented; `tregua sandbox` says so."""
    pressure_enforced: bool = False
    """Off: what would have been held back is only reported."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()
