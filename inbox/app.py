"""The web: puts together pages, API, sign-in and headers, and decides nothing itself."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

import inbox.api
from cases.taxonomy import following
from inbox.api.problems import no_such_resource
from inbox.settings import settings
from inbox.web import (
    actions,
    believed,
    case,
    contact,
    errors,
    exclusions,
    failures,
    gate,
    headers,
    incidents,
    listing,
    live,
    monitoring,
    palette,
    preferences,
    presence,
    profile,
    quality,
    reports,
    saved_views,
    screen,
    search,
    selection,
    signin,
    style,
    welcome,
    writing,
)
from inbox.web.access import Policy, allow
from inbox.web.actions import calls, joining, naming, outlook, snoozes, tagging, truces, wrapping_up
from inbox.web.admin import (
    alarms,
    articles,
    audit,
    bots,
    calendars,
    evaluation,
    granting,
    mailboxes,
    overview,
    promises,
    queues,
    reasons,
    retention,
    rules,
    simulator,
    steps,
    switches,
    taxonomy,
    templates,
    tokens,
    topics,
    users,
)
from inbox.web.case import beside, decisions
from inbox.web.console.every import CONSOLE
from inbox.web.contact import customers, edit, privacy, wishes
from inbox.web.hx import AskedRequest
from inbox.web.ids import Id
from inbox.web.mail import bodies, pictures, thumbnails, whole
from inbox.web.profile import absences, habits, notifications
from inbox.web.public import contact_form, help_pages, mail_choices, satisfaction, solved_pages
from inbox.web.search import suggestions
from inbox.web.selection import new_incident
from inbox.web.signin import second_step
from inbox.web.writing import half_written, macros, replies

_HERE = Path(__file__).resolve().parent
PAGES = (
    style,
    wrapping_up,
    *(absences, believed, customers),
    *(half_written, joining, macros, naming, presence, privacy, snoozes, tagging),
    *(signin, preferences, listing, selection, case, actions, replies, bodies, contact, search),
    *(pictures, suggestions, thumbnails, writing),
    *(failures, exclusions, live, users, mailboxes, queues, reports),
    *(taxonomy, evaluation, reasons),
    *CONSOLE,
    *(saved_views, habits, palette, beside, calls, incidents, new_incident, quality),
    *(contact_form, decisions, mail_choices, outlook, truces, whole, wishes),
    *(overview, tokens, audit, profile, second_step, satisfaction, monitoring, welcome, steps),
    *(alarms, notifications, promises, calendars, topics, edit, retention, granting),
    *(rules, templates, articles, switches, bots, simulator, help_pages, solved_pages),
)


class _App(Flask):
    request_class = AskedRequest


def create_app() -> Flask:
    """The whole web application."""
    app = _App(
        "inbox", template_folder=str(folder("templates")), static_folder=str(folder("static"))
    )
    app.config["MAX_FORM_PARTS"] = 1000
    app.url_map.converters["int"] = Id
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for module in PAGES:
        app.register_blueprint(module.pages)
    _register_api(app)
    allow(Policy.EVERYONE)(app.view_functions["static"])
    screen.furnish(app, asset)
    gate.guard(app)
    app.before_request(_follow_the_tree)
    errors.install(app)
    app.after_request(headers.decide)
    _look_behind_proxies(app)
    return app


def _look_behind_proxies(app: Flask) -> None:
    """Limits by place count who asks, and not the proxy that all of them come through."""
    if number := settings().web_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=0, x_host=0
        )


def _follow_the_tree() -> None:
    """Types may have been renamed by another process; files and machines need no names."""
    if request.endpoint not in style.FILES and request.blueprint != monitoring.pages.name:
        following.follow()


def folder(name: str) -> Path:
    """A folder beside the packages, or inside the installed one."""
    beside = _HERE.parent / name
    return beside if beside.exists() else _HERE / name


def _register_api(app: Flask) -> None:
    """The contracts with programs: they bring a token, and neither cookies nor forms."""
    app.before_request(no_such_resource)
    blueprints: Any = getattr(inbox.api, "blueprints", tuple)
    for blueprint in blueprints():
        before = set(app.view_functions)
        app.register_blueprint(blueprint)
        for name in set(app.view_functions) - before:
            view = app.view_functions[name]
            allow(Policy.TOKEN if hasattr(view, "needs") else Policy.PUBLIC)(view)


def asset(name: str) -> str:
    """The address of a file in static/, which changes when the file does."""
    # A page asks two hundred times, for each of its icons.
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = url_for("static", filename=name, v=_version(name))
    return known[name]


@cache
def _version(name: str) -> str:
    return hashlib.sha256((folder("static") / name).read_bytes()).hexdigest()[:10]
