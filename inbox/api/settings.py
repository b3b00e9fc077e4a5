"""What the admin chose for the API."""

from functools import cache

from pydantic import ValidationError

from cases.settings import BadSetting, EnvironmentThenFile, explain


class Settings(EnvironmentThenFile):
    """Settings of the API; docs/configuration.md lists them all."""

    webhooks_to_private_networks: bool = False
    """For development: webhooks may go to this machine and without TLS."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise BadSetting(explain(wrong)) from wrong
