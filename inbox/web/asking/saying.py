"""What each name of a search is for, in a few words."""

from cases.language import gettext as _
from inbox.web.asking import choices
from inbox.web.asking.operators import Operator


def meaning(operator: Operator) -> str:
    """What it is for, and what may stand behind it."""
    said = purpose(operator)
    if operator.values is None:
        return said
    return f"{said}: {choices.listed(operator.values)}"


def purpose(operator: Operator) -> str:
    """What it is for."""
    return _purposes()[operator.en]


def _purposes() -> dict[str, str]:
    return {
        "is": _("how the case stands"),
        "assignee": _("whose it is, also by name"),
        "from": _("who wrote, name or address"),
        "to": _("where it was sent"),
        "subject": _("words of the subject"),
        "type": _("what it is about"),
        "tag": _("a tag that is on the case"),
        "mood": _("how the customer sounds"),
        "lang": _("the customer's language"),
        "has": _("what is in the case"),
        "bot": _("whether the bot answered"),
        "sla": _("what is due within two hours, in more than a day (>1d), or"),
        "after": _("last written on that day or later"),
        "before": _("last written before that day, or longer ago"),
        "hold": _("on truce, for that reason, or"),
        "mailbox": _("the mailbox it came to"),
        "customer": _("all cases of one customer, by number"),
        "case": _("the case of that number"),
    }
