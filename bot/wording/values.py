"""The values that templates are filled with: of the case and the house, never customers' words."""

from datetime import datetime

from bot.settings import settings as bot_settings
from cases import satisfaction
from cases.case import Case
from cases.language import gettext as _
from cases.language import say_date, say_time, speaking
from cases.settings import settings
from cases.sla.words import hours_in_words, promise_in_words


def values_of(case: Case, language: str) -> dict[str, str]:
    """What every template may ask for."""
    due = case.due_at or case.opened_at
    name = case.mailbox.name if case.mailbox else ""
    site = bot_settings().public_url.rstrip("/")
    return {
        "number": str(case.id),
        "due": said_instant(case, due, language),
        "hours": hours_in_words(case, language),
        "promise": promise_in_words(case, language),
        "signature": name or "Tregua",
        "satisfaction": f"{site}/satisfaction/{satisfaction.token(case.id)}",
    }


def said_instant(case: Case, instant: datetime, language: str) -> str:
    """An instant as that customer reads it."""
    zone = case.contact.zone or settings().zone
    with speaking(language):
        return _("{day} at {time}", day=say_date(instant, zone), time=say_time(instant, zone))
