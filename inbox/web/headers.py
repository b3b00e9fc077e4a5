"""The headers of every answer, decided in one place."""

from flask import Response, request

from inbox.web.style import FILES

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# A mail is shown in a frame that may run nothing, load nothing and send nothing.
MAIL_POLICY = {
    "sandbox": "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "data:",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
MAIL_WITH_PICTURES = MAIL_POLICY | {"img-src": "'self' data:"}
# A form that a shop shows inside its own pages: it runs nothing, and any page may frame it.
EMBEDDED_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "*",
}
FILE_POLICY = {"sandbox": "", "default-src": "'none'", "frame-ancestors": "'none'"}
VARY = ("HX-Request", "HX-Request-Type", "HX-History-Restore-Request", "Cookie")
A_YEAR = 31_536_000


def decide(response: Response) -> Response:
    """Set what every answer has; a view only says which kind of content it gives."""
    kind = response.headers.pop("X-Content-Kind", "page")
    response.headers["Content-Security-Policy"] = _written(_POLICIES[kind])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    _say_how_long(response)
    return response


_POLICIES = {
    "page": POLICY,
    "mail": MAIL_POLICY,
    "mail with pictures": MAIL_WITH_PICTURES,
    "file": FILE_POLICY,
    "embedded": EMBEDDED_POLICY,
}


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}".strip() for name, value in policy.items())


def _say_how_long(response: Response) -> None:
    """Pages are asked for again each time; files with a version in their address never change."""
    if request.endpoint in FILES:
        fixed = "v" in request.args and response.status_code == 200
        said = f"public, max-age={A_YEAR}, immutable" if fixed else "no-cache"
        response.headers["Cache-Control"] = said
    elif request.path.startswith("/v1/"):
        response.headers.setdefault("Cache-Control", "no-store")
    else:
        response.vary.update(VARY)
        # What answers a form may hold a secret that is shown once, so no browser writes it down.
        asked = request.method in ("GET", "HEAD")
        response.headers["Cache-Control"] = "private, no-cache" if asked else "no-store"
