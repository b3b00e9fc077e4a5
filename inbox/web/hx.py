"""What htmx says with a request, and what it understands in an answer (htmx 2 and 4).

htmx_flask reads the headers; its answering side is not used: it refuses half of the swaps.
"""

import json
from typing import TypeVar, cast

from flask import Request, Response, make_response, redirect, request
from htmx_flask.requests import HtmxHeaders
from markupsafe import Markup, escape
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as AnyResponse

Answer = TypeVar("Answer", bound=AnyResponse)


class Asked(HtmxHeaders):
    """The request headers, with those that htmx 4 added or changed."""

    def __init__(self, headers: Headers) -> None:
        super().__init__(headers)
        self.headers = headers

    @property
    def source(self) -> str:
        """Id of the element that asked."""
        said = self.headers.get("HX-Source") or self.headers.get("HX-Trigger") or ""
        return said.rpartition("#")[2]

    @property
    def target_id(self) -> str:
        """Id of the element that will take the answer: htmx 4 writes "div#reader"."""
        return (self.headers.get("HX-Target") or "").rpartition("#")[2]

    @property
    def is_partial(self) -> bool:
        """Whether a block of the page is wanted, and not the page."""
        whole = self.boosted or self.history_restore_request
        return bool(self) and not whole and self.headers.get("HX-Request-Type") != "full"


class AskedRequest(Request):
    """A request that knows whether htmx sent it."""

    @property
    def htmx(self) -> Asked:
        return Asked(self.headers)


def asked() -> Asked:
    """What htmx said with this request."""
    return cast(AskedRequest, request).htmx


def title(text: str) -> Markup:
    """A block that changes the address must bring its title, or the tab keeps the old one."""
    return Markup("<title>{} · Tregua</title>").format(text)


def partial(target: str, content: str, *, swap: str = "innerHTML") -> Markup:
    """A piece of the answer for another place of the page; the content is HTML already."""
    opening = Markup('<hx-partial hx-target="{}" hx-swap="{}">').format(target, swap)
    return opening + Markup(content) + Markup("</hx-partial>")  # noqa: S704  rendered by us


def answer(*pieces: str, status: int = 200, retarget: str = "", push: str = "") -> Response:
    """An answer made of pieces; `retarget` sends it elsewhere than the page asked."""
    response = make_response("".join(pieces), status)
    if retarget:
        response.headers["HX-Retarget"] = retarget
        response.headers["HX-Reswap"] = "innerHTML"
    if push:
        response.headers["HX-Push-Url"] = push
    return response


def lead_to(address: str) -> AnyResponse:
    """Go to another page, also from a part of one: htmx would put the page into that part."""
    if not asked().is_partial:
        return redirect(address, 303)
    response = answer("")
    response.headers["HX-Redirect"] = address
    return response


def tell(response: Answer, **events: object) -> Answer:
    """Raise events in the page."""
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def text(words: str) -> str:
    """Words as HTML."""
    return str(escape(words))
