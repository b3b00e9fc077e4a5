"""What each element of a page adds to its text, before its content and behind it."""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from inbox.intake.html_text.page import Page


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNSEEN = _words(
    "script style head title template noscript svg math iframe object embed applet select "
    "textarea audio video canvas map meta link base"
)
_PARAGRAPHS = _words("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table figure")
_BLOCKS = _words(
    "address article aside body center dd details div dt fieldset figcaption footer form header "
    "hr html legend li main menu nav section summary tbody tfoot thead tr caption dir"
)
_CELLS = _words("td th")
_NOTHING_SAID = _words("here aquí aqui click clic link enlace este this ici hier")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)


def enter(node: LexborNode, page: Page) -> bool:
    """Write what comes before the node's content; whether that content is to be read."""
    if node.is_text_node:
        text = node.text_content or ""
        page.say_as_it_stands(text) if page.pre else page.say(text)
        return False
    tag = node.tag or ""
    if not node.is_element_node or tag in _UNSEEN or _hidden(node):
        return tag == "-document"
    if tag in _ENTERING:
        _ENTERING[tag](node, page)
    elif tag in _PARAGRAPHS and not _alone_in_cell(node):
        page.paragraph()
    elif tag in _BLOCKS and not _alone_in_cell(node):
        page.end_line()
    return True


def leave(node: LexborNode, page: Page) -> None:
    tag = node.tag or ""
    if tag in _PARAGRAPHS:
        if not _alone_in_cell(node):
            page.paragraph()
        _LEAVING.get(tag, _nothing)(page)
    elif tag in _LEAVING:
        _LEAVING[tag](page)
    elif tag in _BLOCKS and not _alone_in_cell(node):
        page.end_line()


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes or bool(_HIDDEN.search((attributes.get("style") or "")[:2_000]))
    )


def _alone_in_cell(node: LexborNode) -> bool:
    """Outlook wraps each cell of a table in a paragraph of its own."""
    above = node.parent
    if above is None or above.tag not in _CELLS or node.tag not in ("p", "div"):
        return False
    return not any(_says_something(beside) for beside in (node.prev, node.next))


def _says_something(node: LexborNode | None) -> bool:
    """Whether there is more than blanks; the nearest two neighbours are enough to tell."""
    if node is not None and node.is_text_node and not (node.text_content or "").strip():
        return _is_element(node.prev) and _is_element(node.next)
    return node is not None


def _is_element(node: LexborNode | None) -> bool:
    return node is not None and node.is_element_node


def _enter_list(node: LexborNode, page: Page) -> None:
    if page.lists:
        page.end_line()
    else:
        page.paragraph()
    page.lists.append(1 if node.tag == "ol" else None)


def _leave_list(page: Page) -> None:
    if page.lists:
        page.lists.pop()
    if page.lists:
        page.gap = False


def _enter_item(node: LexborNode, page: Page) -> None:
    page.end_line()
    number = page.lists[-1] if page.lists else None
    page.mark = "  " * min(len(page.lists) - 1, 8) + ("- " if number is None else f"{number}. ")
    if number is not None:
        page.lists[-1] = number + 1


def _leave_item(page: Page) -> None:
    page.end_line()
    page.mark = ""


def _enter_quote(node: LexborNode, page: Page) -> None:
    page.paragraph()
    page.quotes += 1


def _leave_quote(page: Page) -> None:
    page.quotes -= 1


def _enter_pre(node: LexborNode, page: Page) -> None:
    page.paragraph()
    page.pre += 1


def _leave_pre(page: Page) -> None:
    page.pre -= 1


def _enter_cell(node: LexborNode, page: Page) -> None:
    page.next_cell = bool(page.line)


def _enter_break(node: LexborNode, page: Page) -> None:
    page.newline()


def _enter_rule(node: LexborNode, page: Page) -> None:
    page.paragraph()
    page.say("-" * 20)
    page.paragraph()


def _enter_picture(node: LexborNode, page: Page) -> None:
    alt = (node.attributes.get("alt") or "").strip()
    if alt and len(page.pictures) < 100:
        page.pictures.append(alt[:500])


def _enter_link(node: LexborNode, page: Page) -> None:
    """The address of a link is shown where its words say nothing ("click here")."""
    address = node.attributes.get("href") or ""
    if not address.lower().startswith(("http://", "https://")) or len(address) > 300:
        return
    words = node.text(deep=True)[:100].lower().split()
    if 0 < len(words) <= 3 and all(word.strip(".,!:") in _NOTHING_SAID for word in words):
        page.link = address


def _leave_link(page: Page) -> None:
    if page.link:
        page.say(f" <{page.link}>")
    page.link = ""


def _nothing(page: Page) -> None:
    """Most elements need no more than their line to end."""


_ENTERING: dict[str, Callable[[LexborNode, Page], None]] = {
    "ul": _enter_list,
    "ol": _enter_list,
    "li": _enter_item,
    "blockquote": _enter_quote,
    "pre": _enter_pre,
    "td": _enter_cell,
    "th": _enter_cell,
    "br": _enter_break,
    "hr": _enter_rule,
    "img": _enter_picture,
    "a": _enter_link,
}
_LEAVING: dict[str, Callable[[Page], None]] = {
    "ul": _leave_list,
    "ol": _leave_list,
    "li": _leave_item,
    "blockquote": _leave_quote,
    "pre": _leave_pre,
    "a": _leave_link,
}
