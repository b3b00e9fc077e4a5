"""What is usual in a country: zone, language, and when nobody may be disturbed. Pure."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cases.contact import Contact

_QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_COUNTRY = re.compile(r"[A-Z]{2}")


class NotUsable(ValueError):
    """A country, zone, language or quiet hours that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Custom:
    """The usual of one country; a person's own choice always wins."""

    zone: str
    language: str
    quiet: str


# Presets and no legal advice: some laws set hours for calls alone, and people sleep everywhere.
CUSTOMS: dict[str, Custom] = {
    "ES": Custom("Europe/Madrid", "es", "22:00-09:00"),
    "AD": Custom("Europe/Andorra", "es", "22:00-09:00"),
    "PT": Custom("Europe/Lisbon", "en", "22:00-09:00"),
    "FR": Custom("Europe/Paris", "en", "20:00-10:00"),
    "DE": Custom("Europe/Berlin", "en", "21:00-08:00"),
    "IT": Custom("Europe/Rome", "en", "21:00-09:00"),
    "GB": Custom("Europe/London", "en", "21:00-08:00"),
    "IE": Custom("Europe/Dublin", "en", "21:00-08:00"),
    "US": Custom("America/Chicago", "en", "21:00-08:00"),
    "CA": Custom("America/Toronto", "en", "21:30-09:00"),
    "MX": Custom("America/Mexico_City", "es", "21:00-08:00"),
    # Ley 2300 of 2023, for working days.
    "CO": Custom("America/Bogota", "es", "19:00-07:00"),
    "AR": Custom("America/Argentina/Buenos_Aires", "es", "21:00-09:00"),
    "CL": Custom("America/Santiago", "es", "20:00-08:00"),
    "PE": Custom("America/Lima", "es", "20:00-08:00"),
    "EC": Custom("America/Guayaquil", "es", "20:00-08:00"),
    "UY": Custom("America/Montevideo", "es", "21:00-09:00"),
    "BR": Custom("America/Sao_Paulo", "en", "20:00-08:00"),
}


def live_in(contact: Contact, country: str) -> None:
    """They live there: what is usual there holds where they chose nothing. Raises NotUsable."""
    code = country.strip().upper()
    if code and not _COUNTRY.fullmatch(code):
        raise NotUsable("a country has two letters, as ES")
    before, now = CUSTOMS.get(contact.country or ""), CUSTOMS.get(code)
    contact.country = code
    for name, usual in (("zone", "zone"), ("quiet_hours", "quiet"), ("language", "language")):
        chosen = getattr(contact, name) or ""
        # What an earlier country brought is replaced; what the person chose stays.
        inherited = before is not None and name != "language" and chosen == getattr(before, usual)
        if now is not None and (not chosen or inherited):
            setattr(contact, name, getattr(now, usual))


def choose_zone(contact: Contact, zone: str) -> None:
    """Their own time zone; raises NotUsable."""
    try:
        contact.zone = ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise NotUsable("a time zone is written as Europe/Madrid") from wrong


def choose_quiet(contact: Contact, span: str) -> None:
    """Their own quiet hours; raises NotUsable."""
    if span and not _QUIET.fullmatch(span.strip()):
        raise NotUsable("quiet hours are written as 22:00-08:00")
    contact.quiet_hours = span.strip()
