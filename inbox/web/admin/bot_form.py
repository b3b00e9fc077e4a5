"""An outside bot out of the fields of its form, and the fields out of a bot."""

import re
from typing import Any

from flask import request

from bot.kinds import Mode
from bot.registry import OutsideBot
from cases.language import gettext as _
from inbox.webhook import Webhook

MOST_SIGNS, LONGEST = 100, 300
_HEADER = re.compile(r"([A-Za-z0-9-]{1,60})\s*:\s*(\S[^\n]{0,200})")
_CUSTOMER = re.compile(r"(to|header:[A-Za-z0-9-]{1,60}|body:[^\n]{1,80})?")
_HOOK = re.compile(r"https://[^\s/@?#]{1,250}(/[^\s#]{0,1500})?")


class Wrong(Exception):
    """Something in the form cannot be; the text says what."""


def fields(bot: OutsideBot, hook: Webhook | None) -> dict[str, Any]:
    return {
        "name": bot.name,
        "mode": bot.mode.value,
        "addresses": "\n".join(bot.addresses),
        "headers": "\n".join(f"{name}: {value}" for name, value in bot.headers.items()),
        "subjects": "\n".join(bot.subjects),
        "customer": bot.customer,
        "marketing": bot.marketing,
        "webhook": hook.url if hook is not None else "",
    }


def hook() -> str:
    """Where the bot wants to be told; raises Wrong."""
    hook = request.form.get("webhook", "").strip()
    if hook and not _HOOK.fullmatch(hook):
        raise Wrong(_("A webhook needs an https address."))
    return hook


def typed() -> dict[str, Any]:
    names = ("name", "mode", "addresses", "headers", "subjects", "customer", "webhook")
    return {
        **{name: request.form.get(name, "")[:8000] for name in names},
        "marketing": request.form.get("marketing") == "yes",
    }


def signs() -> dict[str, Any]:
    """What the form says of the bot; raises Wrong."""
    form, customer = request.form, request.form.get("customer", "").strip()
    mode = form.get("mode", "")
    if mode not in frozenset(Mode):
        raise Wrong(_("Choose one of the list."))
    if not _CUSTOMER.fullmatch(customer):
        raise Wrong(_("Say where the customer stands as: to, header:NAME or body:LABEL."))
    addresses = [one.lower() for one in _lines(form.get("addresses", ""))]
    if any("@" not in one for one in addresses):
        raise Wrong(_("Write one e-mail address a line."))
    return {
        "mode": Mode(mode),
        "addresses": addresses,
        "headers": _headers(form.get("headers", "")),
        "subjects": _lines(form.get("subjects", "")),
        "customer": customer,
        "marketing": form.get("marketing") == "yes",
    }


def _lines(typed: str) -> list[str]:
    found = [line.strip()[:LONGEST] for line in typed[:20_000].splitlines() if line.strip()]
    return found[:MOST_SIGNS]


def _headers(typed: str) -> dict[str, Any]:
    found = {}
    for line in _lines(typed):
        said = _HEADER.fullmatch(line)
        if said is None:
            raise Wrong(_("Write headers as Name: pattern, one a line."))
        found[said[1].lower()] = said[2]
    return found
