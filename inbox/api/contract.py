"""What all resources of the API share: who asks, with which scopes, and the headers of answers."""

import functools
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy import update
from werkzeug.exceptions import BadRequest, HTTPException

from cases import clock
from cases.db import reading, transaction
from cases.exclusions import feed
from cases.exclusions.feed import Head
from cases.exclusions.settings import settings
from inbox import tokens
from inbox.api import problems
from inbox.api.problems import N_, Problem
from inbox.tokens import Scope, Token

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
LARGEST = 256 * 1024
"""Bytes of a body, where a resource does not say otherwise."""
LARGEST_NUMBER = 2**31 - 1
"""Of anything that has a number in the database."""
UNPACKED = {"Accept-Encoding": "identity"}
"""What may be sent, said as RFC 9110 (15.5.16) asks."""
USE_IS_NOTED = timedelta(hours=1)
PULL_IS_NOTED = timedelta(minutes=1)


def contract(name: str, prefix: str = "/v1") -> Blueprint:
    """A blueprint that keeps the contract's manners."""
    made = Blueprint(f"api_{name}", __name__, url_prefix=prefix)
    made.before_request(_begin)
    made.after_request(_sign)
    made.register_error_handler(Problem, problems.say)
    made.register_error_handler(HTTPException, problems.say_http)
    made.register_error_handler(ValidationError, problems.say_invalid)
    return made


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    request.max_content_length = LARGEST
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "packed-body", N_("Send the body unpacked."), headers=UNPACKED)
    named = (request.view_args or {}).values()
    # No database has such numbers or names, and some cannot even be asked about them.
    if any(isinstance(n, int) and n > LARGEST_NUMBER for n in named):
        raise problems.not_found()
    if any("\x00" in str(one) for one in named):
        raise problems.not_found()
    if b"%00" in request.query_string:
        raise BadRequest


def _sign(answer: Response) -> Response:
    answer.headers["Tregua-Request-Id"] = g.get("request_id", "")
    if settings().sandbox:
        answer.headers["Tregua-Test"] = "true"
    head: Head | None = g.get("head")
    if head is None and g.get("token") is not None:
        head = newest()
    if head is not None:
        answer.headers["Tregua-Feed"] = f"epoch={head.epoch};seq={head.seq}"
    answer.headers.setdefault("Cache-Control", "private, no-store")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def newest() -> Head:
    """Where the feed stands; the first who asks begins it."""
    with reading() as session:
        head = feed.head(session)
    if head is None:
        with transaction() as session:
            head = feed.lock(session)
    g.head = head
    return head


def needs(*scopes: Scope, any_of: tuple[Scope, ...] = ()) -> Callable[[View[P]], View[P]]:
    """The view is for tokens that have all those scopes, and one of `any_of`."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            token = _recognised()
            one = not any_of or any(token.may(scope) for scope in any_of)
            if not one or not all(token.may(scope) for scope in scopes):
                raise problems.not_allowed()
            return view(*args, **kwargs)

        guarded.needs = scopes or any_of  # type: ignore[attr-defined]
        return guarded

    return guard


def _recognised() -> Token:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise problems.unknown_token()
    with reading() as session:
        token = tokens.recognise(session, text.strip())
        if token is None:
            raise problems.unknown_token()
        session.expunge(token)
    if not token.may_come_from(request.remote_addr or ""):
        raise problems.not_allowed()
    g.token = token
    _note_use(token)
    return token


def _note_use(token: Token) -> None:
    """Remember that it is in use, roughly: a look-up must not wait for a writer each time."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED:
        with transaction() as session:
            session.execute(update(Token).where(Token.id == token.id).values(last_used_at=now))


def note_pull(token: Token) -> None:
    """Remember that its copy of the feed is fresh, so that a stale one is noticed."""
    now = clock.now()
    if token.pulled_at is None or now - token.pulled_at > PULL_IS_NOTED:
        with transaction() as session:
            session.execute(update(Token).where(Token.id == token.id).values(pulled_at=now))
        token.pulled_at = now


def body() -> Any:
    """The JSON of this request; a 400 where it cannot be read, however deep it is nested."""
    try:
        found = request.get_json()
    except (BadRequest, RecursionError) as wrong:
        raise Problem(400, "bad-request", N_("The body is no JSON in UTF-8.")) from wrong
    # Most bodies have no escapes, and then nothing in them can be but plain text.
    if b"\\u" in request.get_data() and not _can_be_kept(found):
        raise Problem(400, "bad-request", N_("No text may have NUL or half a character in it."))
    return found


def _can_be_kept(found: Any) -> bool:
    """Whether no text in it has a NUL or half a character, which databases refuse."""
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and ("\x00" in one or not _is_whole(one)):
            return False
    return True


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def maybe_body() -> Any:
    """The same where a body may be missing; one that comes in pieces says no length before."""
    return body() if request.get_data() else {}


def number(parameter: str, otherwise: int, largest: int = LARGEST_NUMBER) -> int:
    """The whole number that the query says there; a 400 where it says anything else."""
    said = request.args.get(parameter, "")
    if not said:
        return otherwise
    plain = said.isascii() and said.isdecimal() and len(said) <= len(str(largest))
    if not plain or int(said) > largest:
        raise Problem(
            400, "bad-number", N_("A parameter must be a whole number."), parameter=parameter
        )
    return int(said)


def asker() -> Token:
    """The token of this request."""
    token: Token = g.token
    return token
