"""Refusals of the API, as RFC 9457 problem details in the asker's language."""

from collections.abc import Iterable
from http import HTTPStatus

from flask import Response, json, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from cases.language import LANGUAGES, SOURCE, speaking
from cases.language import gettext as _

TYPES = "https://tregua.dev/problems/"
"""Names of problems, not addresses to fetch; they never change."""
FIELDS_NAMED = 100


class Problem(Exception):
    """The request cannot be answered as asked; says why and what to do."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        *,
        headers: dict[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(title)
        self.status, self.kind, self.title = status, kind, title
        self.headers, self.more = headers or {}, more
        """What a program can act upon is said in members of their own (RFC 9457, 3.2)."""


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
    body |= problem.more
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
        404: N_("There is no such thing here. What there is stands in /v1/openapi.json."),
        405: N_("This cannot be done here: see the header Allow."),
        413: N_("The request is too large: send less at once."),
        415: N_("Send it as application/json."),
    }
    title = titles.get(status, N_("The request cannot be answered."))
    headers = {name: value for name, value in wrong.get_headers() if name == "Allow"}
    largest = {"largest_bytes": request.max_content_length} if status == 413 else {}
    return say(Problem(status, kind, title, headers=headers, **largest))


def no_such_resource() -> Response | None:
    """What stands nowhere in the contract is refused as all else is, before pages look at it."""
    wrong = request.routing_exception
    if not request.path.startswith("/v1/") or wrong is None or (wrong.code or 0) < 400:
        return None
    return say_http(wrong)


def say_invalid(wrong: ValidationError) -> Response:
    """A body whose fields are not as they should be; names the fields and never repeats values."""
    reasons = {_field(one["loc"]): _reason(one) for one in wrong.errors()[:FIELDS_NAMED]}
    title = N_("Some fields are not as they should be.")
    return say(Problem(422, "invalid", title, fields=sorted(reasons), reasons=reasons))


def _field(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "body"


def _reason(error: ErrorDetails) -> str:
    """As the library calls it, since that is in its manual; with the choices where there are."""
    expected = error.get("ctx", {}).get("expected")
    return f"{error['type']}: {expected}" if isinstance(expected, str) else error["type"]


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


def unknown_choice(parameter: str, choices: Iterable[str]) -> Problem:
    """A parameter of the query that has none of the values it may have."""
    title = N_("A parameter has an unknown value.")
    return Problem(400, "unknown-choice", title, parameter=parameter, choices=sorted(choices))
