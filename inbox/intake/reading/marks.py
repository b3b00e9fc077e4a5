"""Walks an HTML mail once and sorts out what mail programs mark as quotation or signature."""

from itertools import islice

from selectolax.lexbor import LexborNode

from inbox.intake.reading import phrases
from inbox.intake.reading.headers import label_of

_MOST_NODES = 40_000
_MOST_LOOKUPS = 50
_FIRST_NODES = 40
_QUOTE_CLASSES = (
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "outlookmessageheader",
    "gmail_attr",
    "hmquote",
    "ycb_quoted",
    "freshdesk_quote",
    "replymessage",
    "moz-forward-container",
)
_QUOTE_IDS = (
    "reply-intro",
    "olk_src_body_section",
    "yahoo_quoted",
    "mail-editor-reference-message-container",
)
_REST_IDS = ("divrplyfwdmsg", "appendonsend", "stopspelling", "zwchr", "replysplit")
_SIGNATURE_MARKS = (
    "gmail_signature",
    "moz-signature",
    "applemailsignature",
    "ms-outlook-mobile-signature",
    "ymail_android_signature",
    "protonmail_signature_block",
)


class Sorting:
    """What the walk has met so far."""

    def __init__(self) -> None:
        self.quotes: list[LexborNode] = []
        self.plain: list[LexborNode] = []
        self.kept: list[LexborNode] = []
        self.signatures: list[LexborNode] = []
        self.rest: LexborNode | None = None
        self.last_text = ""
        self.lookups = 0
        self.in_gmail = False

    def meet(self, node: LexborNode) -> bool:
        """Sort the node in; whether to go on into what it holds."""
        if node.is_text_node:
            self._meet_text(node)
            return True
        if not node.is_element_node or node.tag in ("head", "style", "script", "title"):
            return False
        marks = _marks(node)
        if any(name in marks for name in _REST_IDS) or _is_outlook_header(node, marks):
            self.rest = node
            return False
        if any(name in marks for name in _SIGNATURE_MARKS) or marks.startswith("signature "):
            self.signatures.append(node)
        return self._meet_quote(node, marks)

    def _meet_text(self, node: LexborNode) -> None:
        text = (node.text_content or "").strip()
        if text:
            self.last_text = f"{self.last_text} {text}"[-200:]
            self.kept += self.plain
            self.plain = []

    def _meet_quote(self, node: LexborNode, marks: str) -> bool:
        self.in_gmail |= "gmail_attr" in marks or (node.tag == "div" and "gmail_quote" in marks)
        if any(name in marks for name in (*_QUOTE_CLASSES, *_QUOTE_IDS)):
            self.quotes.append(node)
            return False
        if node.tag == "blockquote":
            return self._meet_blockquote(node, marks)
        if "gmail_quote" in marks and (_is_forwarded(node) or not self._holds_blockquote(node)):
            self.quotes.append(node)
            return False
        return True

    def _meet_blockquote(self, node: LexborNode, marks: str) -> bool:
        """Gmail writes one for what a person only indents, so there the words above it decide."""
        gmail = "gmail_quote" in marks
        cited = "cite" in marks or ("border-left" in marks and not gmail)
        if cited or (gmail and self.in_gmail) or self._is_announced() or _begins_attributed(node):
            self.quotes.append(node)
            return False
        if gmail:
            self.kept.append(node)
            return True
        self.plain.append(node)
        return False

    def _is_announced(self) -> bool:
        """Whether the words before it say that somebody wrote what follows."""
        if not self.last_text.endswith((":", "：")):
            return False
        return "@" in self.last_text or phrases.WROTE.search(self.last_text.lower()) is not None

    def _holds_blockquote(self, node: LexborNode) -> bool:
        """Answers between quotations stand inside Gmail's quote, between the blockquotes."""
        self.lookups += 1
        return self.lookups <= _MOST_LOOKUPS and node.css_first("blockquote") is not None


def sorted_out(body: LexborNode) -> Sorting:
    """All marked nodes of the mail, none of them inside another."""
    sorting = Sorting()
    node = body.child
    for _ in range(_MOST_NODES):
        if node is None or sorting.rest is not None:
            break
        node = _following(node, body, deeper=sorting.meet(node))
    sorting.quotes += sorting.plain
    return sorting


def _following(node: LexborNode, body: LexborNode, *, deeper: bool) -> LexborNode | None:
    """The next node in the order of the document."""
    if deeper and node.child is not None:
        return node.child
    here: LexborNode | None = node
    while here is not None and here.mem_id != body.mem_id:
        if here.next is not None:
            return here.next
        here = here.parent
    return None


def _marks(node: LexborNode) -> str:
    """What a program wrote into the attributes by which its quotations are known."""
    attributes = node.attributes
    named = (attributes.get(name) or "" for name in ("id", "class", "type", "style"))
    return " ".join(named).lower()[:600]


def _is_outlook_header(node: LexborNode, marks: str) -> bool:
    """Outlook draws a line above From and Sent."""
    drawn = "border-top" in marks or "solid none none" in marks
    if node.tag != "div" or not drawn or "solid" not in marks:
        return False
    return label_of(_beginning(node)) is not None


def _is_forwarded(node: LexborNode) -> bool:
    return phrases.FORWARDED_ANYWHERE.search(_beginning(node).lower()[:80]) is not None


def _begins_attributed(node: LexborNode) -> bool:
    head = _beginning(node).lower()
    said, colon, _ = head.partition(":")
    return bool(colon) and (
        phrases.WROTE.search(head) is not None or label_of(said + colon) is not None
    )


def _beginning(node: LexborNode) -> str:
    """The first words inside, without asking for the text of all of it."""
    words: list[str] = []
    for inner in islice(node.traverse(include_text=True), _FIRST_NODES):
        if inner.is_text_node:
            words.append((inner.text_content or "")[:200].strip())
    return " ".join(filter(None, words))[:400]
