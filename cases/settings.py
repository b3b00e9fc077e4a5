"""What the admin chose for cases: database, folder of the data, secret, promised answer times."""

import os
import re
import secrets
import time
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from cases import hours
from cases.hours import BadHours
from cases.language import gettext as _
from cases.retelling import reason_of

PATIENCE_SECONDS = 1.0
LINE = "%(asctime)s %(name)s: %(message)s"
"""How each process of ours writes its log."""
DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")


class BadSetting(Exception):
    """A setting has a value that cannot be used; the text says which and what to do."""


def toml_file() -> Path:
    """Where settings are read from when the environment does not say them."""
    return Path(os.environ.get("TREGUA_CONFIG", "tregua.toml"))


class EnvironmentThenFile(BaseSettings):
    """Settings come from TREGUA_… variables first, then from tregua.toml."""

    model_config = SettingsConfigDict(env_prefix="TREGUA_", frozen=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _read(settings_cls, toml_file())

    @classmethod
    def read(cls) -> Self:
        """What the environment and the file say; raises BadSetting."""
        try:
            return cls()
        except ValidationError as wrong:
            raise BadSetting(_explain(wrong)) from wrong
        except SettingsError as wrong:
            name = re.search(r'field "(\w+)"', str(wrong))
            why = _("it is written as JSON, such as {example}", example='["one", "two"]')
            raise BadSetting(_unusable(name[1] if name else "?", why)) from wrong


def _unusable(name: str, why: str) -> str:
    return _("Setting {name} cannot be used: {why}.", name=f"TREGUA_{name.upper()}", why=why)


def _read(settings_cls: type[BaseSettings], file: Path) -> TomlConfigSettingsSource:
    try:
        return TomlConfigSettingsSource(settings_cls, file)
    except OSError as wrong:
        said = _(
            "{file} cannot be read: {reason}. Change its permissions, or name another file in"
            " TREGUA_CONFIG.",
            file=file,
            reason=reason_of(wrong),
        )
        raise BadSetting(said) from wrong
    except ValueError as wrong:
        line = re.search(r"line (\d+)", str(wrong))
        place = _("{file}, line {line}", file=file, line=line[1]) if line else str(file)
        said = _(
            '{place}: this is not written as TOML. A setting is a line such as language = "en".',
            place=place,
        )
        raise BadSetting(said) from wrong


class Settings(EnvironmentThenFile):
    """Settings of the package `cases`; docs/configuration.md lists them all."""

    data: Path = Path(".tregua")
    database_url: str = ""
    secret_key: SecretStr = SecretStr("")
    old_secret_keys: list[SecretStr] = Field(default_factory=list)
    zone: str = "Europe/Madrid"
    opening_hours: str = "mon-fri 09:00-18:00"
    first_response_hours: float = Field(default=8.0, gt=0)
    language: str = Field(default="es", pattern="^(es|en)$")
    default_domain: str = "tregua.invalid"
    """Stands in our Message-IDs where a case came through no mailbox."""
    reopen_days: int = Field(default=14, ge=0)
    log: str = Field(default="WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    tiers: list[str] = Field(default_factory=list)
    """The tiers of customers, the highest last; none named: by what their customers bought."""

    @field_validator("log", mode="before")
    @classmethod
    def _in_capitals(cls, said: str) -> str:
        return str(said).upper()

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, said: str) -> str:
        # The URL has a password in it, so that no message repeats it.
        try:
            known = not said or make_url(said).drivername in DRIVERS
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError(_("it is written as postgresql+psycopg://tregua:password@db/tregua"))
        return said

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, said: str) -> str:
        try:
            return ZoneInfo(said).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
            raise ValueError(_("it is a time zone, such as Europe/Madrid")) from wrong

    @field_validator("opening_hours")
    @classmethod
    def _are_hours(cls, said: str) -> str:
        try:
            hours.parse(said, "UTC")
        except BadHours as wrong:
            raise ValueError(_("it is written as mon-fri 09:00-18:00")) from wrong
        return said

    def database(self) -> str:
        """URL of the database; SQLite in the data folder where nothing is said."""
        if self.database_url:
            return self.database_url
        _make(self.data)
        return f"sqlite:///{self.data.resolve() / 'tregua.db'}"

    def secret(self) -> bytes:
        """The secret that signs and encrypts; made on first use in a file only the owner reads."""
        return self.secret_key.get_secret_value().encode() or _secret_file(self.data)

    def old_secrets(self) -> list[bytes]:
        """Secrets that were used before: they still verify, and sign nothing."""
        return [key.get_secret_value().encode() for key in self.old_secret_keys]


def _make(folder: Path) -> None:
    """Customers' mail lies in it, so that nobody else on the machine may look into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        said = _(
            "The folder {folder} cannot be made: {reason}. Make it yourself, or name another in"
            " TREGUA_DATA.",
            folder=folder,
            reason=reason_of(wrong),
        )
        raise BadSetting(said) from wrong


@lru_cache(maxsize=8)
def _secret_file(folder: Path) -> bytes:
    path = folder / "secret.key"
    if not path.exists():
        _make(folder)
        fresh = secrets.token_urlsafe(48).encode()
        # O_EXCL lets only one of two processes that start together make the secret.
        with (
            suppress(FileExistsError),
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            file.write(fresh)
    return _written(path)


def _written(path: Path) -> bytes:
    """The secret in that file, which another process may be writing at this moment."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (secret := path.read_bytes().strip()):
        # With an empty secret anybody could sign in our name.
        if time.monotonic() > until:
            raise BadSetting(_("{path} is empty. Put the secret back, or delete it.", path=path))
        time.sleep(0.01)
    return secret


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.read()


def _explain(wrong: ValidationError) -> str:
    """One sentence per setting that cannot be used: which it is, and what it may be."""
    return " ".join(
        _unusable(
            str(error["loc"][0]) if error["loc"] else "?",
            _why(error["type"], error.get("ctx", {}), error["msg"]),
        )
        for error in wrong.errors()
    )


def _why(kind: str, about: dict[str, Any], said: str) -> str:
    if kind in ("int_parsing", "int_type", "float_parsing", "float_type", "int_from_float"):
        return _("it must be a number")
    if kind in ("bool_parsing", "bool_type"):
        return _("it must be true or false")
    if kind in ("greater_than_equal", "greater_than"):
        return _("it must be at least {limit}", limit=about.get("ge", about.get("gt")))
    if kind in ("less_than_equal", "less_than"):
        return _("it must be at most {limit}", limit=about.get("le", about.get("lt")))
    if kind == "string_pattern_mismatch":
        choices = str(about.get("pattern", "")).strip("^$()").replace("|", ", ")
        return _("it must be one of {choices}", choices=choices)
    return said.removeprefix("Value error, ")
