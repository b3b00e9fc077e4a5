"""Cuts quotations out of an HTML mail and gives the text of what is left."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from inbox.intake.html_text import html_to_text
from inbox.intake.reading.marks import sorted_out
from inbox.intake.reading.page import SIGNATURE_MARK

_LONGEST_HTML = 2_000_000
_QUOTED = "> …"
# The parser's time grows with the square of the depth, so deep mails are read as text alone.
_DEEPEST = 1_000
_DEEPENING = re.compile(r"<(/?)(?:div|blockquote|span|font|b|i|u|a|center|section|ul|ol)\b", re.I)


def without_quotes(html: str) -> str:
    """The text of the HTML, where each quotation has become one quoted line."""
    if _is_too_deep(html):
        return html_to_text(html)
    tree = LexborHTMLParser(html[:_LONGEST_HTML])
    body = tree.body
    if body is None:
        return html_to_text(html)
    found = sorted_out(body)
    for node in found.signatures:
        node.insert_before(_line(tree, SIGNATURE_MARK))
    for node in found.quotes:
        node.replace_with(_line(tree, _QUOTED))
    if found.rest is not None:
        _drop_from(found.rest, body)
    for node in found.kept:
        _keep(tree, node)
    return html_to_text(tree.html or "")


def _is_too_deep(html: str) -> bool:
    depth = 0
    for tag in _DEEPENING.finditer(html[:_LONGEST_HTML]):
        depth += -1 if tag[1] else 1
        if depth > _DEEPEST:
            return True
    return False


def _line(tree: LexborHTMLParser, text: str) -> LexborNode:
    node = tree.create_node("div")
    node.insert_child(text)
    return node


def _keep(tree: LexborHTMLParser, node: LexborNode) -> None:
    """A blockquote that quotes nobody becomes a plain block, so no prefix is put before it."""
    node.insert_before(_line(tree, ""))
    node.insert_after(_line(tree, ""))
    node.unwrap()


def _drop_from(rest: LexborNode, body: LexborNode) -> None:
    """Remove the node and all that follows it in the mail."""
    here: LexborNode | None = rest
    while here is not None and here.mem_id != body.mem_id:
        while here.next is not None:
            here.next.decompose()
        here = here.parent
    rest.decompose()
