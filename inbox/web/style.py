"""All styles in one file, and all our scripts in another."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, current_app, url_for

from inbox.web.access import Pages, Policy, allow

pages = Pages("style", __name__)
FILES = frozenset({"static", "style.sheet", "style.script"})
"""What is the same for everybody, signed in or not."""
SHEETS = ("base", "tokens", "layout", "components")
SCRIPTS = ("app", "live", "desk", "recipients", "asking", "edge")


@pages.get("/style.css")
@allow(Policy.EVERYONE)
def sheet() -> Response:
    """The styles; their address changes when they do, so browsers keep them."""
    return Response(_styles(_folder()), mimetype="text/css")


@pages.get("/script.js")
@allow(Policy.EVERYONE)
def script() -> Response:
    """Our scripts, each a function of its own."""
    return Response(_scripts(_folder()), mimetype="text/javascript")


def address() -> str:
    """Where a page finds its styles."""
    return url_for("style.sheet", v=_version(_styles(_folder())))


def script_address() -> str:
    """Where a page finds its scripts."""
    return url_for("style.script", v=_version(_scripts(_folder())))


def _folder() -> str:
    return str(current_app.static_folder)


@cache
def _styles(folder: str) -> str:
    return "\n".join(_bare((Path(folder) / "css" / f"{name}.css").read_text()) for name in SHEETS)


@cache
def _scripts(folder: str) -> str:
    return "\n".join(_bare((Path(folder) / f"{name}.js").read_text()) for name in SCRIPTS)


def _bare(written: str) -> str:
    """Without its indentation and the lines that only explain it: browsers do not read them."""
    lines = (line.strip() for line in written.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


@cache
def _version(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:10]
