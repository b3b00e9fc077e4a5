"""What the admin chose for the SMTP gate."""

from datetime import timedelta
from functools import cache

from pydantic import Field, IPvAnyNetwork, SecretStr

from cases.exclusions.matrix import CampaignClass
from cases.exclusions.spellings import Match
from cases.settings import EnvironmentThenFile


class Settings(EnvironmentThenFile):
    """Settings of the SMTP gate; docs/configuration.md lists them all."""

    gate_host: str = "127.0.0.1"
    gate_port: int = Field(default=2525, ge=1, le=65535)
    gate_clients: list[IPvAnyNetwork] = Field(default_factory=list)
    """Who may bring mail; where nobody is named, private networks and the machine itself."""
    gate_relay_host: str = "127.0.0.1"
    """Where mail goes on to."""
    gate_relay_port: int = Field(default=25, ge=1, le=65535)
    gate_relay_security: str = Field(default="none", pattern="^(tls|starttls|none)$")
    gate_relay_user: str = ""
    gate_relay_password: SecretStr = SecretStr("")
    gate_class: CampaignClass = CampaignClass.PROMOTIONAL
    """Of mail that does not say X-Tregua-Class."""
    gate_classes: dict[str, CampaignClass] = Field(default_factory=dict)
    """The same for mail of single senders, by the address of their envelope."""
    gate_match: Match = Match.EXACT
    """Whether another spelling of a mailbox is the same person, as programs can ask for."""
    gate_mailboxes: list[str] = Field(default_factory=list)
    """The mailboxes of the brand it stands before: trouble with others does not hold it back."""
    gate_parks_for: timedelta = timedelta(hours=6)
    gate_largest: int = Field(default=25 * 2**20, ge=2**16)
    policy_host: str = "127.0.0.1"
    """Where the Postfix policy service listens."""
    policy_port: int = Field(default=10031, ge=1, le=65535)


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()
