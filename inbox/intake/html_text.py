"""The text of an HTML body as a reader sees it: paragraphs, lists, tables, quotes; linear."""

import re
from collections.abc import Callable
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST = 2_000_000
NODES = 400_000
DEEPEST = 1_000
DEEPEST_QUOTE = 10


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
# Elements that hold nothing, or that the next one of their kind closes.
_NEVER_DEEP = _words(
    "area base br col embed hr img input link meta source track wbr p li dt dd td th tr tbody "
    "thead tfoot option"
)
_NOTHING_SAID = _words("here aquí aqui click clic link enlace este this ici hier")
_TAG = re.compile(r"<[^<>]*>")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
# Invisible fillers of newsletters' previews; joiners stay, since emoji and Persian need them.
_FILLERS = re.compile("[\u200b\u2060\ufeff\u00ad\u034f]")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)


def html_to_text(html: str) -> str:
    """Text of the page, at most as much as the caps allow."""
    html = html[:LONGEST]
    sound = _sound_length(html)
    page = _Page()
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


class _Page:
    """The text written so far, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.gap = False
        self.gap_quotes = 0
        self.space = False
        self.next_cell = False
        self.quotes = 0
        self.pre = 0
        self.mark = ""
        self.link = ""
        self.lists: list[int | None] = []
        self.pictures: list[str] = []

    def say(self, text: str) -> None:
        """Running text, in which blanks collapse."""
        text = _FILLERS.sub("", text)
        words = _BLANKS.sub(" ", text)
        if words.startswith(" "):
            self.space = True
        if not words.strip(" "):
            return
        self._begin()
        if self.next_cell and self.line[-1]:
            self.line.append(" | ")
        elif self.space and self.line[-1] and not self.line[-1].endswith(" "):
            self.line.append(" ")
        self.next_cell = False
        self.line.append(words.strip(" "))
        self.space = words.endswith(" ")

    def say_as_it_stands(self, text: str) -> None:
        for n, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if n:
                self.newline()
            if line:
                self._begin()
                self.line.append(line)

    def newline(self) -> None:
        """End the line, also where it is empty."""
        self._begin()
        self.end_line()

    def end_line(self) -> None:
        if self.line:
            self.lines.append((_prefix(self.quotes) + "".join(self.line)).rstrip())
        self.line, self.space, self.next_cell = [], False, False

    def paragraph(self) -> None:
        """End the line and leave one empty before the next."""
        self.end_line()
        if not self.gap:
            self.gap, self.gap_quotes = bool(self.lines), self.quotes

    def text(self) -> str:
        self.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _begin(self) -> None:
        if self.line:
            return
        if self.gap:
            self.lines.append(_prefix(min(self.quotes, self.gap_quotes)).rstrip())
            self.gap = False
        self.line.append(self.mark)
        self.mark = ""


def _prefix(quotes: int) -> str:
    return "> " * min(quotes, DEEPEST_QUOTE)


def _walk(root: LexborNode, page: _Page) -> None:
    """Every node in its order, without recursion: a page may be nested without end."""
    node: LexborNode | None = root
    for _ in range(NODES):
        if node is None:
            return
        if _enter(node, page):
            child = node.first_child
            if child is not None:
                node = child
                continue
            _leave(node, page)
        node = _onwards(node, root, page)


def _onwards(node: LexborNode, root: LexborNode, page: _Page) -> LexborNode | None:
    """The next node in order, leaving those that end here."""
    current = node
    while current.mem_id != root.mem_id:
        if current.next is not None:
            return current.next
        above = current.parent
        if above is None:
            return None
        _leave(above, page)
        current = above
    return None


def _enter(node: LexborNode, page: _Page) -> bool:
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


def _leave(node: LexborNode, page: _Page) -> None:
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


def _enter_list(node: LexborNode, page: _Page) -> None:
    if page.lists:
        page.end_line()
    else:
        page.paragraph()
    page.lists.append(1 if node.tag == "ol" else None)


def _leave_list(page: _Page) -> None:
    if page.lists:
        page.lists.pop()
    if page.lists:
        page.gap = False


def _enter_item(node: LexborNode, page: _Page) -> None:
    page.end_line()
    number = page.lists[-1] if page.lists else None
    page.mark = "  " * min(len(page.lists) - 1, 8) + ("- " if number is None else f"{number}. ")
    if number is not None:
        page.lists[-1] = number + 1


def _leave_item(page: _Page) -> None:
    page.end_line()
    page.mark = ""


def _enter_quote(node: LexborNode, page: _Page) -> None:
    page.paragraph()
    page.quotes += 1


def _leave_quote(page: _Page) -> None:
    page.quotes -= 1


def _enter_pre(node: LexborNode, page: _Page) -> None:
    page.paragraph()
    page.pre += 1


def _leave_pre(page: _Page) -> None:
    page.pre -= 1


def _enter_cell(node: LexborNode, page: _Page) -> None:
    page.next_cell = bool(page.line)


def _enter_break(node: LexborNode, page: _Page) -> None:
    page.newline()


def _enter_rule(node: LexborNode, page: _Page) -> None:
    page.paragraph()
    page.say("-" * 20)
    page.paragraph()


def _enter_picture(node: LexborNode, page: _Page) -> None:
    alt = (node.attributes.get("alt") or "").strip()
    if alt and len(page.pictures) < 100:
        page.pictures.append(alt[:500])


def _enter_link(node: LexborNode, page: _Page) -> None:
    """The address of a link is shown where its words say nothing ("click here")."""
    address = node.attributes.get("href") or ""
    if not address.lower().startswith(("http://", "https://")) or len(address) > 300:
        return
    words = node.text(deep=True)[:100].lower().split()
    if 0 < len(words) <= 3 and all(word.strip(".,!:") in _NOTHING_SAID for word in words):
        page.link = address


def _leave_link(page: _Page) -> None:
    if page.link:
        page.say(f" <{page.link}>")
    page.link = ""


def _nothing(page: _Page) -> None:
    """Most elements need no more than their line to end."""


_ENTERING: dict[str, Callable[[LexborNode, _Page], None]] = {
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
_LEAVING: dict[str, Callable[[_Page], None]] = {
    "ul": _leave_list,
    "ol": _leave_list,
    "li": _leave_item,
    "blockquote": _leave_quote,
    "pre": _leave_pre,
    "a": _leave_link,
}
