"""The words of the product in Spanish and English: the catalogue, the current language, dates."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from cases import clock

Style = Literal["full", "long", "medium", "short"]
LANGUAGES = ("es", "en")
NEAR = timedelta(days=180)
"""So near to today nobody asks of which year a day is."""
_WITHOUT_YEAR = {
    ("es", "full"): "EEEE d 'de' MMMM",
    ("es", "long"): "d 'de' MMMM",
    ("en", "full"): "EEEE, MMMM d",
    ("en", "long"): "MMMM d",
}
SOURCE = "en"
_HERE = Path(__file__).resolve().parent
_current: ContextVar[str] = ContextVar("language", default=SOURCE)


def current() -> str:
    """The language this request or command speaks."""
    return _current.get()


def choose(language: str) -> None:
    """Speak that language from here on; an unknown one is taken as English."""
    _current.set(language if language in LANGUAGES else SOURCE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak that language inside the block."""
    token = _current.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(text: str, **values: object) -> str:
    """The text in the current language, with {named} values filled in."""
    found = _catalogue(current()).get(text, text)
    return found.format(**values) if values else found


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Singular or plural of the text; {number} is always filled in, as people write it."""
    found = gettext(one if number == 1 else many)
    return found.format(number=say_number(number), **values)


@cache
def _catalogue(language: str) -> dict[str, str]:
    if language == SOURCE:
        return {}
    words: dict[str, str] = {}
    for path in sorted(folder(language).glob("*.po")):
        words |= entries(path)
    return words


def entries(path: Path) -> dict[str, str]:
    """What one file of a catalogue says: the English text, and what is said for it."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    words: dict[str, str] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        pairs = zip(_forms(message.id), _forms(message.string), strict=False)
        words |= {key: text for key, text in pairs if text}
    return words


def _forms(text: object) -> tuple[str, ...]:
    """Singular and plural of an entry, or its only form."""
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text),)


def folder(language: str) -> Path:
    """The folder of a language's catalogues: beside the packages, or inside the installed one."""
    beside = _HERE.parent / "templates" / "locale" / language
    return beside if beside.exists() else _HERE.parent / "inbox/templates/locale" / language


def say_number(number: float) -> str:
    """How many, as it is written in the current language: 12,345 or 12.345."""
    return _said_number(number, current())


@lru_cache(maxsize=3000)
def _said_number(number: float, language: str) -> str:
    # CLDR has four digits stay together in Spanish, which Babel does not know.
    grouped = language != "es" or abs(number) >= 10_000
    return format_decimal(number, locale=language, group_separator=grouped)


def say_date(instant: datetime, zone: str, *, language: str = "", style: Style = "full") -> str:
    """The day of an instant, in words; its year only where somebody could ask."""
    day = instant.astimezone(ZoneInfo(zone)).date()
    is_near = abs(instant - clock.now()) < NEAR
    return _said_day(day, style, language or current(), is_near)


@lru_cache(maxsize=1000)
def _said_day(day: date, style: Style, language: str, is_near: bool) -> str:
    short = _WITHOUT_YEAR.get((language, style)) if is_near else None
    said = format_date(day, short or style, locale=language)
    # CLDR puts a comma behind the weekday that nobody writes in a Spanish sentence.
    return said.replace(",", "", 1) if language == "es" else said


def say_time(instant: datetime, zone: str, *, language: str = "") -> str:
    """The hour and minute of an instant."""
    local = instant.astimezone(ZoneInfo(zone))
    return say_clock(time(local.hour, local.minute), language or current())


@lru_cache(maxsize=3000)
def say_clock(local: time, language: str) -> str:
    """What a clock on the wall shows: 17:00, or 5:00 PM."""
    return format_time(local, "short", locale=language)
