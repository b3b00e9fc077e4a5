"""Template, language and values to subject and body. Logic-less: {{name}} is replaced, once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.wording.merging import Parts, tidy
from cases.language import LANGUAGES

_HERE = Path(__file__).resolve().parents[1]
_PLACE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_PART = re.compile(r"(?m)^\[(facts|question|closing|end)\]\n?")


class UnknownValue(Exception):
    """A template asks for a value that nobody gave: the mail must not be sent."""


class NoTemplate(Exception):
    """There is no template of that name in that language."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A template as somebody wrote it: lines such as [facts] in the body begin its parts."""

    subject: str
    body: str
    version: str = ""


def filled(texts: Texts, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body with the values put in; raises UnknownValue."""
    body = _PART.sub("", texts.body)
    return _fill(texts.subject, values), tidy(_fill(body, values))


def parts(texts: Texts, values: Mapping[str, str]) -> Parts:
    """What the body says in parts; without marks all of it is facts. Raises UnknownValue."""
    pieces = _PART.split(texts.body)
    if len(pieces) == 1:
        return Parts(facts=_fill(texts.body, values))
    named = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return Parts(
        *(_fill(named.get(part, ""), values).strip() for part in ("facts", "question", "closing"))
    )


def places(texts: Texts) -> frozenset[str]:
    """The values that the template asks for."""
    return frozenset(_PLACE.findall(f"{texts.subject}\n{texts.body}"))


def without_places(text: str) -> str:
    """The text without what is replaced."""
    return _PLACE.sub("", text)


def _fill(text: str, values: Mapping[str, str]) -> str:
    missing = {name for name in _PLACE.findall(text) if name not in values}
    if missing:
        raise UnknownValue(f"the template asks for {', '.join(sorted(missing))}")
    # Values are put in as they are and never read again, so nothing in them is evaluated.
    return _PLACE.sub(lambda place: values[place[1]], text)


@cache
def shipped(template: str, language: str) -> Texts:
    """The template that the program comes with; raises NoTemplate."""
    spoken = language if language in LANGUAGES else "en"
    if not re.fullmatch(r"[a-z_]{1,60}", template):
        raise NoTemplate(template)
    try:
        subject, body = (
            (folder() / template / f"{part}.{spoken}.txt").read_text("utf-8").strip()
            for part in ("subject", "body")
        )
    except FileNotFoundError as missing:
        raise NoTemplate(template) from missing
    return Texts(subject, body, "shipped")


def folder() -> Path:
    """Where the mails we write lie: beside the packages, or inside the installed one."""
    beside = _HERE.parent / "templates" / "mail"
    return beside if beside.exists() else _HERE.parent / "inbox" / "templates" / "mail"
