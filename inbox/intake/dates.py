"""Dates as people write them in running text, in eight languages, the day before the month."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

# Each month by the beginnings of its names in English, Spanish, French, German, Portuguese,
# Italian, Catalan, Dutch; accents are taken off before.
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "ene", "gen"),
    ("feb", "fev"),
    ("mar", "maerz", "maa", "mrt"),
    ("apr", "abr", "avr"),
    ("may", "mai", "mag", "mei"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "ago", "aou"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "dic", "dez", "des"),
)
_WEEKDAYS: tuple[tuple[str, ...], ...] = (
    ("monday", "lunes", "lundi", "montag", "segunda-feira", "lunedi", "dilluns", "maandag"),
    ("tuesday", "martes", "mardi", "dienstag", "terca-feira", "martedi", "dimarts", "dinsdag"),
    (
        "wednesday",
        "miercoles",
        "mercredi",
        "mittwoch",
        "quarta-feira",
        "mercoledi",
        "dimecres",
        "woensdag",
    ),
    ("thursday", "jueves", "jeudi", "donnerstag", "quinta-feira", "giovedi", "dijous", "donderdag"),
    ("friday", "viernes", "vendredi", "freitag", "sexta-feira", "venerdi", "divendres", "vrijdag"),
    ("saturday", "sabado", "samedi", "samstag", "sabato", "dissabte", "zaterdag"),
    ("sunday", "domingo", "dimanche", "sonntag", "domenica", "diumenge", "zondag"),
)
_TOMORROW = re.compile(r"\b(?:tomorrow|manana|demain|morgen|amanha|domani|dema)\b")

_YEAR = r"(?:,?\s{0,2}(?:de |del |do |of )?\s{0,2}(20\d\d))?"
_ISO = re.compile(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b")
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|o|a|\.|º|°)?\s{{0,2}}[-/]?(?:de |del |of "
    rf"|d')?\s{{0,2}}([a-z]{{3,12}})\.?{_YEAR}"
)
_MONTH_DAY = re.compile(
    rf"\b([a-z]{{3,12}})\.?\s{{1,2}}(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR}"
)
_NUMBERS = re.compile(r"\b(\d{1,2})([/.-])(\d{1,2})(?:\2(20\d\d|\d\d))?\b")


def find_date(text: str, near: datetime | None) -> datetime | None:
    """The first date in the text; where it has no year or no day, the next one after `near`."""
    plain = _without_accents(text.lower())
    candidates = (_iso(plain, near), _in_words(plain, near), _in_numbers(plain, near))
    found = [each for each in candidates if each is not None]
    if found:
        return min(found)[1]
    return _relative(plain, near)


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _iso(text: str, near: datetime | None) -> tuple[int, datetime] | None:
    found = _ISO.search(text)
    named = _day(int(found[3]), int(found[2]), found[1], near) if found else None
    return (found.start(), named) if found and named else None


def _in_words(text: str, near: datetime | None) -> tuple[int, datetime] | None:
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        for found in pattern.finditer(text):
            number = _month(found[month])
            named = _day(int(found[day]), number, found[3], near) if number else None
            if named:
                return found.start(), named
    return None


def _in_numbers(text: str, near: datetime | None) -> tuple[int, datetime] | None:
    for found in _NUMBERS.finditer(text):
        day, month = int(found[1]), int(found[3])
        if month > 12 >= day:
            # Only the American order makes sense of it.
            day, month = month, day
        named = _day(day, month, found[4], near)
        if named:
            return found.start(), named
    return None


def _relative(text: str, near: datetime | None) -> datetime | None:
    if near is None:
        return None
    today = datetime(near.year, near.month, near.day, tzinfo=UTC)
    if _TOMORROW.search(text):
        return today + timedelta(days=1)
    for number, names in enumerate(_WEEKDAYS):
        if any(name in text for name in names):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _month(word: str) -> int | None:
    for number, beginnings in enumerate(_MONTHS, 1):
        if word.startswith(beginnings):
            return number
    return None


def _day(day: int, month: int, year: str | None, near: datetime | None) -> datetime | None:
    """That day. Without a year it is the first one that is not long over."""
    if year is None and near is None:
        return None
    try:
        if year is not None:
            return datetime(int(year) + (2000 if len(year) == 2 else 0), month, day, tzinfo=UTC)
        return _first_after(day, month, near) if near else None
    except ValueError:
        return None


def _first_after(day: int, month: int, near: datetime) -> datetime:
    named = datetime(near.year, month, day, tzinfo=UTC)
    if named < near - timedelta(days=60):
        return named.replace(year=near.year + 1)
    return named
