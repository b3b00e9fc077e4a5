"""What the admin chose for the inbox: who else writes, which servers are trusted, the web."""

from functools import cache
from pathlib import Path

from pydantic import Field

from cases.settings import EnvironmentThenFile


class Settings(EnvironmentThenFile):
    """Settings of the package `inbox`; docs/configuration.md lists them all."""

    bots_file: Path | None = None
    """TOML with the rules that tell bots' and marketing tools' mail."""
    trusted_servers: list[str] = Field(default_factory=list)
    """authserv-ids whose Authentication-Results are believed (RFC 8601)."""
    lease_seconds: int = Field(default=120, ge=2)
    """How long a mail is kept for the worker that took it, before another one may try."""
    largest_mail: int = Field(default=25 * 2**20, ge=2**16)
    """Bytes; of a larger mail only the beginning is fetched."""
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=0, le=65535)
    web_threads: int = Field(default=32, ge=4)
    web_proxies: int = Field(default=0, ge=0, le=5)
    """Proxies of ours in front, such as nginx: who asks is then read from X-Forwarded-For."""
    poll_seconds: float = Field(default=60.0, ge=1)
    idle_seconds: float = Field(default=240.0, ge=5, le=1500)
    secure_cookies: bool = False
    """Behind HTTPS: cookies are sent over TLS alone."""


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()
