"""Refusals of the API, as RFC 9457 problem details in the asker's language."""

from http import HTTPStatus

from flask import Response, json, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from cases.language import LANGUAGES, SOURCE, speaking
from cases.language import gettext as _

TYPES = "https://tregua.dev/problems/"
"""Names of problems, not addresses to fetch; they never change."""


class Problem(Exception):
    """The request cannot be answered as asked; says why and what to do."""

    def __init__(
        self, status: int, kind: str, title: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status, self.kind, self.title = status, kind, title
        self.headers = headers or {}


def spoken() -> str:
    """The language the asker reads."""
    return request.accept_languages.best_match(LANGUAGES) or SOURCE


def N_(text: str) -> str:  # noqa: N802  the usual name of this mark
    """Marks a text for translation; it is translated when it is said."""
    return text


def say(problem: Problem) -> Response:
    """The problem as an answer."""
    with speaking(spoken()):
        title = _(problem.title)
    body = {"type": TYPES + problem.kind, "title": title, "status": problem.status}
    answer = Response(
        json.dumps(body), status=problem.status, content_type="application/problem+json"
    )
    answer.headers.update(problem.headers)
    answer.headers["Content-Language"] = spoken()
    return answer


def say_http(wrong: HTTPException) -> Response:
    """A refusal of the web framework, in the same form."""
    status = wrong.code or 500
    kind = HTTPStatus(status).phrase.lower().replace(" ", "-")
    titles = {
        400: N_("The request cannot be read."),
        404: N_("There is no such thing here."),
        405: N_("This cannot be done here."),
        413: N_("The request is too large."),
        415: N_("Send it as application/json."),
    }
    return say(Problem(status, kind, titles.get(status, N_("The request cannot be answered."))))


def say_invalid(wrong: ValidationError) -> Response:
    """A body whose fields are not as they should be; names the fields and never repeats values."""
    fields = sorted({".".join(map(str, error["loc"])) for error in wrong.errors()})
    answer = say(Problem(422, "invalid", N_("Some fields are not as they should be.")))
    body = json.loads(answer.get_data()) | {"fields": fields}
    answer.set_data(json.dumps(body))
    return answer


def unknown_token() -> Problem:
    return Problem(
        401,
        "unknown-token",
        N_("Send a valid token: Authorization: Bearer trg_…"),
        headers={"WWW-Authenticate": 'Bearer realm="tregua"'},
    )


def not_allowed() -> Problem:
    return Problem(403, "not-allowed", N_("This token may not do that."))


def not_found() -> Problem:
    return Problem(404, "not-found", N_("There is no such thing here."))
