"""The settings: whether each can be used, and whether somebody meant another one."""

import os
import tomllib
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

from bot.composing import dkim_signing
from bot.settings import settings as bot_settings
from cases.exclusions.settings import settings as truce_settings
from cases.language import gettext as _
from cases.settings import BadSetting, EnvironmentThenFile, settings, toml_file
from inbox.api.settings import settings as api_settings
from inbox.command.doctor.found import Found, good, unknown, wrong
from inbox.gateway.settings import settings as gate_settings
from inbox.settings import settings as inbox_settings

ALL: tuple[Callable[[], EnvironmentThenFile], ...] = (
    *(settings, bot_settings, inbox_settings, truce_settings, api_settings),
    *(gate_settings, dkim_signing.settings),
)
ALSO = {"config", "failpoint", "failpoint_once", "failpoint_poison"}


def settings_are_good() -> Iterator[Found]:
    part = _("settings")
    bad = dict.fromkeys(filter(None, map(_refusal, ALL)))
    for said in bad:
        yield wrong(part, said, _("docs/configuration.md says what each setting may be."))
    if bad:
        return
    yield _source(part)
    for name in _misspelt():
        yield unknown(
            part, _("there is none called {name}, so it does nothing", name=name), _advice(name)
        )


def _refusal(read: Callable[[], EnvironmentThenFile]) -> str:
    try:
        read()
    except BadSetting as bad:
        return str(bad)
    return ""


def _source(part: str) -> Found:
    file = toml_file()
    if file.is_file():
        return good(part, str(file))
    if "TREGUA_CONFIG" in os.environ:
        return good(part, _("environment and defaults; {file} is not there", file=file))
    return good(part, _("environment and defaults"))


def _misspelt() -> list[str]:
    """Names that no part knows: of the file as they stand there, else with TREGUA_ before them."""
    known = _known()
    environment = [name for name in os.environ if name.startswith("TREGUA_")]
    odd = [name for name in environment if name.removeprefix("TREGUA_").lower() not in known]
    return sorted(odd) + [name for name in _of_file() if name not in known]


def _known() -> set[str]:
    return ALSO | {name for read in ALL for name in type(read()).model_fields}


def _of_file() -> Iterable[str]:
    file = toml_file()
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else ()


def _advice(name: str) -> str:
    meant = get_close_matches(name.removeprefix("TREGUA_").lower(), _known(), 1)
    if not meant:
        return _("docs/configuration.md says what each setting may be.")
    near = f"TREGUA_{meant[0].upper()}" if name.startswith("TREGUA_") else meant[0]
    return _("Did you mean {name}?", name=near)
