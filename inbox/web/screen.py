"""What every template may use: words, times, names of things, and where files are."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from markupsafe import Markup, escape

from cases import clock, language
from cases.outcome import Outcome
from cases.retelling import retold
from inbox.web import chips, csrf, file_names, hx, shortcuts, style, times, words
from inbox.web.access import Policy, may
from inbox.web.casefile import entries
from inbox.web.mail import host_marks
from inbox.web.order import Order
from inbox.web.order import name as order_name
from inbox.web.preferences import (
    EXACTNESS,
    THEMES,
    WIDTHS,
    chosen_side,
    chosen_theme,
    chosen_times,
    chosen_width,
    keys_are_on,
    width_parts,
)
from inbox.web.who import somebody
from inbox.web.words import rules

_LINK = re.compile(r"https?://[^\s<>\"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,2000}")


def furnish(app: Flask, asset: Callable[[str], str]) -> None:
    """Give the templates their words and values."""
    app.jinja_env.globals.update(
        _=language.gettext,
        ngettext=language.ngettext,
        asset=asset,
        style_address=style.address,
        script_address=style.script_address,
        csrf_token=csrf.token,
        words=words,
        rule_in_words=rules.said,
        times=times,
        entries=entries,
        chips=chips,
        file_size=file_names.size,
        file_name=file_names.shown,
        sender_warning=host_marks.of_sender,
        Policy=Policy,
        order_name=order_name,
        orders=list(Order),
        outcomes=list(Outcome),
        shortcut_groups=shortcuts.all_of_them,
        shortcut_key=shortcuts.key_of,
        may=may,
        THEMES=THEMES,
        WIDTHS=WIDTHS,
        EXACTNESS=EXACTNESS,
        chosen_times=chosen_times,
        width_parts=width_parts,
    )
    app.jinja_env.filters["linked"] = linked
    app.jinja_env.filters["number"] = _number
    app.jinja_env.filters["retold"] = retold
    app.jinja_env.filters["upfirst"] = lambda text: text[:1].upper() + text[1:]
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("macros.html").module
    app.context_processor(_of_request)


def _number(value: object) -> object:
    """How many, as people write it; what stands in its place, such as a dash, stays."""
    return language.say_number(value) if isinstance(value, int | float) else value


def _of_request() -> dict[str, Any]:
    return {
        "me": somebody(),
        "language": language.current(),
        "languages": language.LANGUAGES,
        "theme": chosen_theme(),
        "width": chosen_width(),
        "side": chosen_side(),
        "keys": keys_are_on(),
        "csrf": csrf.token(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "now": clock.now(),
        "partial": hx.asked().is_partial,
    }


def linked(text: str) -> Markup:
    """Text with its web addresses as links that tell nothing of where they were clicked."""
    pieces, position = [], 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(".,;:!?)]}»”")
        pieces.append(escape(text[position : found.start()]))
        pieces.append(
            Markup(
                '<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>'
            ).format(address)
        )
        pieces.append(host_marks.in_text(address))
        position = found.start() + len(address)
    return Markup("").join([*pieces, escape(text[position:])])
