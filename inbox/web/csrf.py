"""A form of ours, or a request that another site made the browser send?"""

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Request, Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from cases.signing import sign
from inbox.settings import settings

VISIT = "tregua_visit"
"""Names a browser that has not signed in, so that the sign-in form has a token too."""
FIELD, HEADER = "csrf", "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def token() -> str:
    """The token of this browser's forms, bound to its session."""
    return token_for(_seed())


def token_for(seed: str) -> str:
    """The token of a session's secret."""
    return sign("csrf", seed)


def _seed() -> str:
    if g.get("secret"):
        return str(g.secret)
    if "visit" not in g:
        g.visit = request.cookies.get(VISIT, "") or secrets.token_urlsafe(16)
    return str(g.visit)


def keep_visit(response: Response) -> None:
    """Give a new visitor the cookie that their form's token is bound to."""
    if g.get("visit") and request.cookies.get(VISIT) != g.visit:
        set_cookie(response, VISIT, g.visit)


def set_cookie(response: AnyResponse, name: str, value: str, age: int | None = None) -> None:
    """How all cookies of ours are set."""
    response.set_cookie(
        name, value, age, httponly=True, samesite="Lax", secure=settings().secure_cookies
    )


def is_ours(asked: Request) -> bool:
    """Whether a request that changes something comes from a page of ours."""
    said = asked.headers.get(HEADER) or asked.form.get(FIELD, "")
    return is_same_site(asked) and hmac.compare_digest(said.encode(), token().encode())


def is_same_site(asked: Request) -> bool:
    """Whether the browser says that no other site made it send this."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = asked.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == asked.host
