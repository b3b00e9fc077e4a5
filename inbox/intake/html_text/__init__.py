"""The text of an HTML body as a reader sees it: paragraphs, lists, tables, quotes; linear."""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from inbox.intake.html_text.elements import enter, leave
from inbox.intake.html_text.page import Page

LONGEST = 2_000_000
NODES = 1_000_000
DEEPEST = 1_000

# Elements that hold nothing, or that the next one of their kind closes.
_FLAT = (
    "area base br col embed hr img input link meta source track wbr p li dt dd td th tr tbody "
    "thead tfoot option"
)
_NEVER_DEEP = frozenset(_FLAT.split())
_TAG = re.compile(r"<[^<>]*>")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def html_to_text(html: str) -> str:
    """Text of the page, at most as much as the caps allow."""
    html = html[:LONGEST]
    sound = _sound_length(html)
    page = Page()
    root = LexborHTMLParser(html[:sound]).root
    if root is not None:
        _walk(root, page)
    if sound < len(html):
        page.paragraph()
        page.say(unescape(_TAG.sub(" ", html[sound:])))
    return page.text() or "\n".join(page.pictures)


def _sound_length(html: str) -> int:
    """Up to where the page is nested as pages are: the parser's time grows with depth squared."""
    depth = 0
    for tag in _OPEN_OR_CLOSE.finditer(html):
        if tag[2].lower() not in _NEVER_DEEP:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            if depth > DEEPEST:
                return tag.start()
    return len(html)


def _walk(root: LexborNode, page: Page) -> None:
    """Every node in its order, without recursion: a page may be nested without end."""
    node: LexborNode | None = root
    for _ in range(NODES):
        if node is None:
            return
        if enter(node, page):
            child = node.first_child
            if child is not None:
                node = child
                continue
            leave(node, page)
        node = _onwards(node, root, page)


def _onwards(node: LexborNode, root: LexborNode, page: Page) -> LexborNode | None:
    """The next node in order, leaving those that end here."""
    current = node
    while current.mem_id != root.mem_id:
        if current.next is not None:
            return current.next
        above = current.parent
        if above is None:
            return None
        leave(above, page)
        current = above
    return None
