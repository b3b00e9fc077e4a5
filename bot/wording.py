"""Template, language and values to subject and body. Logic-less: {{name}} is replaced, once."""

import re
from functools import cache
from pathlib import Path

from cases.language import LANGUAGES

_HERE = Path(__file__).resolve().parent
_PLACE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


class UnknownValue(Exception):
    """A template asks for a value that nobody gave: the mail must not be sent."""


def write(template: str, language: str, values: dict[str, str]) -> tuple[str, str]:
    """Subject and body of a mail; raises UnknownValue."""
    spoken = language if language in LANGUAGES else "en"
    return tuple(_fill(_read(template, part, spoken), values) for part in ("subject", "body"))  # type: ignore[return-value]


def _fill(text: str, values: dict[str, str]) -> str:
    missing = {name for name in _PLACE.findall(text) if name not in values}
    if missing:
        raise UnknownValue(f"the template asks for {', '.join(sorted(missing))}")
    # Values are put in as they are and never read again, so nothing in them is evaluated.
    return _PLACE.sub(lambda place: values[place[1]], text)


@cache
def _read(template: str, part: str, language: str) -> str:
    return (folder() / template / f"{part}.{language}.txt").read_text("utf-8").strip()


def folder() -> Path:
    """Where the mails we write lie: beside the packages, or inside the installed one."""
    beside = _HERE.parent / "templates" / "mail"
    return beside if beside.exists() else _HERE.parent / "inbox" / "templates" / "mail"
