"""Error pages, and refusals in words: said once for all pages."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import NoResultFound, OperationalError
from werkzeug.exceptions import HTTPException

from bot.answers import TooLate
from bot.replies.confirming import AskedEnough, NobodyToAsk
from cases.case import AlreadyClosed, NotClosed
from cases.correcting import AlreadyUndone, Superseded
from cases.exclusions.verbs import AlreadyLifted
from cases.language import gettext as _
from cases.tag import MOST as MOST_TAGS
from cases.tag.case_tags import TooManyTags
from cases.taxonomy.changes import Indispensable, NotInUse
from cases.unsent import TooMuch
from inbox.web import hx
from inbox.web.notices import Notice

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Have every error shown as a page, or as a toast where htmx asked."""
    app.register_error_handler(HTTPException, lambda wrong: _http(wrong))
    for refusal, say in REFUSALS.items():
        app.register_error_handler(refusal, lambda _wrong, say=say: show(409, say()))
    app.register_error_handler(NoResultFound, lambda _wrong: show(404))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(500, lambda _wrong: show(500))


REFUSALS = {
    AlreadyClosed: lambda: _("The case was closed before."),
    NotClosed: lambda: _("The case is open."),
    TooLate: lambda: _("Too late: the answer has left."),
    AlreadyLifted: lambda: _("This truce was ended before."),
    TooManyTags: lambda: _(
        "A case has {number} tags at most: take one off first.", number=MOST_TAGS
    ),
    AskedEnough: lambda: _("They were asked often enough today. Try again tomorrow."),
    NobodyToAsk: lambda: _("No mailbox may send now, so nobody can be asked. Tell your admin."),
    TooMuch: lambda: _("The files are too large for one mail."),
    AlreadyUndone: lambda: _("The correction was taken back before."),
    Superseded: lambda: _("It was corrected again since, so that comes first."),
    Indispensable: lambda: _("The program itself needs this type, so it can only be renamed."),
    NotInUse: lambda: _("Choose a type that is in use and is not the same."),
}


FOR_CUSTOMERS = ("/contact/", "/help", "/mail/", "/satisfaction/", "/solved/")
"""What customers open: they have no inbox to go back to, and come from a link in a mail."""
OURS = (403, 409, 422)
"""Only our own code refuses with these, so what it says of them is for people."""


def _http(wrong: HTTPException) -> Response:
    # A redirect or an answer that was made already is no error to explain.
    if wrong.response is not None or wrong.code is None:
        return make_response(wrong.get_response())
    said = wrong.description if wrong.code in OURS and wrong.description else ""
    return show(wrong.code, "" if said == type(wrong).description else said or "")


def _database_away(wrong: OperationalError) -> Response:
    log.error("the database cannot be used: %s", type(wrong.orig).__name__)
    return show(503)


def show(status: int, said: str = "") -> Response:
    """An error as the one who asked can understand it."""
    customer = request.path.startswith(FOR_CUSTOMERS)
    title, text = (words_for_customers if customer else words)(status)
    if request.path.startswith("/v1/"):
        problem = make_response(jsonify(type="about:blank", title=title, status=status), status)
        problem.headers["Content-Type"] = "application/problem+json"
        return problem
    if hx.asked().is_partial:
        toast = render_template("toast.html", notice=Notice(said or f"{title}. {text}"), bad=True)
        return hx.answer(toast, status=status, retarget="#alerts")
    page = render_template(
        "error.html",
        title=title,
        text=said or text,
        status=status,
        customer=customer,
        back="" if customer else _page_before(),
    )
    return make_response(page, status)


def _page_before() -> str:
    """The page of ours whose form was refused, or ""."""
    found = urlsplit(request.referrer or "")
    if request.method != "POST" or found.netloc != request.host:
        return ""
    return found.path + (f"?{found.query}" if found.query else "")


def words_for_customers(status: int) -> tuple[str, str]:
    """The same for somebody who followed a link of ours and knows nothing of the program."""
    if status in (404, 405):
        said = _("Perhaps the link was cut off. Open it again from the mail, or answer that mail.")
        return _("We cannot find this page"), said
    if status == 429:
        return _("Too many tries"), _("Please wait a few minutes, then try it again.")
    if status >= 500:
        return _("It does not work just now"), _("Please try it again in a few minutes.")
    return _("It did not work"), _("Please go back, look at what you wrote, and send it again.")


def words(status: int) -> tuple[str, str]:
    """What an error is called, and what to do."""
    known = {
        400: (_("That cannot be read"), _("The address or form is not as it should be.")),
        403: (_("Not for you"), _("Your role does not allow this.")),
        404: (_("Not here"), _("There is no such page, or it is not yours to see.")),
        405: (_("Not this way"), _("The page does not understand this kind of request.")),
        409: (_("It changed meanwhile"), _("Look at the page again, then repeat it.")),
        413: (_("Too large"), _("The text is longer than we take.")),
        422: (_("That does not work"), _("Something in the form is missing or wrong.")),
        429: (_("Too many tries"), _("Wait a quarter of an hour.")),
        500: (_("Our mistake"), _("It was written down. Try again in a moment.")),
        503: (_("Not available"), _("The database cannot be reached. Try again in a moment.")),
    }
    return known.get(status, (_("It did not work"), _("Go back and try again.")))
