"""The HTML of a mail, made harmless: what may stay is listed, everything else goes."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import nh3

from inbox.content import Picture

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col"),
    *("colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span"),
    *("strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    *("u", "ul"),
}
GONE_WITH_CONTENT = {
    *("script", "style", "title", "head", "noscript", "template", "iframe", "object"),
    *("svg", "math", "select", "textarea", "button", "form"),
}
_SIZES = {"width", "height", "align", "valign", "bgcolor", "border"}
ATTRIBUTES = {
    "*": {"dir", "lang", "style"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "ol": {"start"},
    "table": _SIZES | {"cellpadding", "cellspacing"},
    "tr": _SIZES,
    "td": _SIZES | {"colspan", "rowspan"},
    "th": _SIZES | {"colspan", "rowspan"},
}
# Nothing that loads, covers, moves or hides.
STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color"),
    *("border-left", "border-right", "border-top", "color", "font-family", "font-size"),
    *("font-style", "font-weight", "line-height", "padding", "text-align"),
    *("text-decoration", "vertical-align"),
}
MOST_REMOTE = 60
_OURS = "shown-by-us."
_PLACE = re.compile(rf'src="cid:{re.escape(_OURS)}(\d{{1,3}})"')
_LOADS = re.compile(r"url|expression|image|\\", re.I)


@dataclass(frozen=True, slots=True)
class Safe:
    """Cleaned HTML, and how many pictures from elsewhere were left out."""

    html: str
    blocked: int
    remote: tuple[str, ...] = ()
    """Where those pictures are, in their order: each is known by its place alone."""


def clean(
    html: str, pictures: Mapping[str, Picture], *, proxied: Callable[[int], str] | None = None
) -> Safe:
    """The mail's HTML as it may be shown inside a frame without scripts.

    Pictures from elsewhere are left out, or come from where `proxied` says for their number.
    """
    blocked: list[str] = []

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style" and _LOADS.search(value):
            return None
        if (tag, attribute) != ("img", "src"):
            return value
        picture = pictures.get(value.removeprefix("cid:")) if value.startswith("cid:") else None
        if picture is None:
            blocked.append(value)
            remote = value.lower().startswith(("http://", "https://"))
            within = proxied is not None and remote and len(blocked) <= MOST_REMOTE
            return f"cid:{_OURS}{len(blocked) - 1}" if within else None
        return f"data:{picture.type};base64,{base64.b64encode(picture.content).decode()}"

    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=STYLES,
        url_relative="deny",
    )
    if proxied is not None:
        # Addresses within our pages are none of a mail, so they come in when it is clean.
        cleaned = _PLACE.sub(lambda found: f'src="{proxied(int(found[1]))}"', cleaned)
    return Safe(cleaned, len(blocked), tuple(blocked))
