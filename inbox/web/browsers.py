"""Which browser on which system, in words, so that people know their sessions apart."""

from cases.language import gettext as _

# The first that is named counts: most browsers name their forebears as well.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("Vivaldi", "Vivaldi"), ("SamsungBrowser", "Samsung")),
    *(("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome")),
    ("Safari", "Safari"),
)
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def named(said: str) -> str:
    """Such as `Firefox, Linux`; empty for what is no browser we know."""
    said = said[:500]
    found = (_first(some, said) for some in (BROWSERS, SYSTEMS))
    return ", ".join(one for one in found if one)


def _first(some: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for mark, name in some if mark in said), "")


def shown(kept: str) -> str:
    """The same for the page, which has a word for the unknown too."""
    return kept or _("Unknown browser")
