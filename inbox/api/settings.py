"""What the admin chose for the API."""

from functools import cache

from cases.settings import EnvironmentThenFile


class Settings(EnvironmentThenFile):
    """Settings of the API; docs/configuration.md lists them all."""

    webhooks_to_private_networks: bool = False
    """For development: webhooks may go to this machine and without TLS."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()
