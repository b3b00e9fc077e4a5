"""What the admin chose for the bot: relay, Redis, which replies are switched on."""

from functools import cache
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from bot import waking
from bot.waking import BadQuietHours
from cases.language import gettext as _
from cases.settings import EnvironmentThenFile


class Settings(EnvironmentThenFile):
    """Settings of the package `bot`; docs/configuration.md lists them all."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: str = Field(default="none", pattern="^(tls|starttls|none)$")
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    redis_url: str = "redis://127.0.0.1:6379/0"
    journal: str = ""
    """Address of ours that gets a copy of every mail in the same transaction: proof that the
    relay took it. It must be one of the mailboxes that are read, or an alias of one."""
    send_lease_seconds: int = Field(default=900, ge=5)
    """Longer than the ten minutes a relay may take to answer (RFC 5321, 4.5.3.2.6)."""
    proof_wait_seconds: int = Field(default=900, ge=1)
    """How long a copy may take to arrive before a mail counts as not taken."""
    acknowledge: bool = True
    acknowledgements_per_address: int = Field(default=2, ge=0)
    """Automatic answers to one address within 24 hours."""
    automatic_per_domain: int = Field(default=20, ge=1)
    """Automatic mails to one domain within an hour."""
    automatic_per_hour: int = Field(default=2000, ge=0)
    """More automatic mails than that within an hour, and more than four times the busiest hour of
    two weeks, are abnormal: all of them wait until a person looks. 0 for no such limit."""
    quiet_hours: str = "21:00-08:00"
    """When mail that can wait is not sent, in the customer's time zone; "" for never."""
    gather_seconds: int = Field(default=60, ge=0)
    """How long a mail that can wait waits for others to the same person."""
    public_url: str = "http://127.0.0.1:8080"
    """Where customers reach our pages, for links in mails."""

    @field_validator("redis_url")
    @classmethod
    def _is_a_redis(cls, said: str) -> str:
        # The URL may have a password in it, so that no message repeats it.
        try:
            url = urlsplit(said)
            known = url.scheme in ("redis", "rediss", "unix") and url.port != 0
        except ValueError:
            known = False
        if not known:
            raise ValueError(_("it is written as redis://cache:6379/0"))
        return said

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, said: str) -> str:
        try:
            waking.quiet_hours(said)
        except BadQuietHours as wrong:
            raise ValueError(_("it is written as 21:00-08:00")) from wrong
        return said


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()
