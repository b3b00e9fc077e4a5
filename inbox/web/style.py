"""All styles in one file, in the order of their layers: one request instead of six."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, current_app, url_for

from inbox.web.access import Pages, Policy, allow

pages = Pages("style", __name__)
FILES = frozenset({"static", "style.sheet"})
"""What is the same for everybody, signed in or not."""
LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities")


@pages.get("/style.css")
@allow(Policy.EVERYONE)
def sheet() -> Response:
    """The styles; their address changes when they do, so browsers keep them."""
    return Response(_joined(str(current_app.static_folder)), mimetype="text/css")


def address() -> str:
    """Where a page finds its styles."""
    content = _joined(str(current_app.static_folder))
    return url_for("style.sheet", v=hashlib.sha256(content.encode()).hexdigest()[:10])


@cache
def _joined(folder: str) -> str:
    return "\n".join((Path(folder) / "css" / f"{layer}.css").read_text() for layer in LAYERS)
