"""Whether a mail is a forward, and who wrote what it forwards."""

import re

from inbox.intake.reading import headers, phrases
from inbox.intake.reading.page import Page, Part, is_rule, pages_of

# These open a forward in one language and a reply, or a sentence, in another.
_WEAK_PREFIXES = frozenset({"i", "vs", "tr", "pd", "vl", "vb", "enc", "vid", "trs", "reen"})
_FROM = re.compile(
    r"(?:^|[\s-])(?:"
    + "|".join(re.escape(label) for label, kind in phrases.LABELS.items() if kind == "from")
    + r"):? [^@<>\n]{0,80}<([\w.+'=-]{1,80}@[\w.-]{1,190})>",
    re.IGNORECASE,
)
_MOST_PREFIXES = 8
_LONGEST_PREFIX = 14


def is_forward(subject: str, text: str) -> bool:
    """By the first prefix of the subject; a weak or missing one needs a forwarded mail below."""
    prefix = _first_prefix(subject)
    if prefix in phrases.FORWARD_PREFIXES and prefix not in _WEAK_PREFIXES:
        return True
    if prefix in phrases.FORWARD_PREFIXES:
        return prefix in {"tr", "enc"} or _forwarded_block(text) is not None
    if prefix in phrases.REPLY_PREFIXES:
        return False
    return _says_forwarded(text)


def keep_forwarded(page: Page, subject: str) -> bool:
    """Whether a mail is handed on: what it says is said to us as well, so it becomes context.

    Only where it comes first of all that is quoted: below an old mail it belongs to that one.
    """
    start = next((n for n, part in enumerate(page.parts) if part is Part.QUOTE), None)
    if start is None or not _begins_forwarded(page.shown[start : start + 6], subject):
        return False
    for number in range(start, len(page.parts)):
        if page.parts[number] is Part.QUOTE:
            page.parts[number] = Part.CONTEXT
    return True


def _begins_forwarded(lines: list[str], subject: str) -> bool:
    """By the line that programs write above it; by the subject where old mails look the same."""
    plain = (line.lstrip("> ") for line in lines)
    first = next((line for line in plain if line and not is_rule(line)), "")
    if _announces(first):
        return True
    prefix = _first_prefix(subject)
    strong = prefix in phrases.FORWARD_PREFIXES and prefix not in _WEAK_PREFIXES
    return strong and (headers.is_separator(first) or headers.label_of(first) is not None)


def forwarded_sender(text: str) -> str | None:
    """The address of whoever wrote the forwarded mail, if its header shows one."""
    block = _forwarded_block(text)
    return block.sender if block is not None else _named_below(text)


def _first_prefix(subject: str) -> str:
    """ "[Shop #12] FWD: RE: order" begins with "fwd"."""
    rest = subject.strip()[:200]
    for _ in range(_MOST_PREFIXES):
        if not rest.startswith("["):
            break
        tag, closed, after = rest.partition("]")
        rest = after.strip() if closed else tag[1:]
    prefix, colon, _ = rest.replace("：", ":")[: _LONGEST_PREFIX + 4].partition(":")
    return prefix.strip(" .").rstrip("0123456789[]() ").lower() if colon else ""


def _named_below(text: str) -> str | None:
    """Who stands below, or behind, the separator of programs that write no colons or lines."""
    shown = _unquoted(text).shown
    for number, line in enumerate(shown):
        told = phrases.ORIGINAL_ANYWHERE.search(line[:80].lower()) if line[:2] == "--" else None
        if told is not None:
            after = " ".join((line[told.end() :], *shown[number + 1 : number + 3]))
            named = _FROM.search(after[:400])
            return named.group(1).lower() if named else None
    return None


def _forwarded_block(text: str) -> headers.Block | None:
    """The first header block with a From line."""
    found = headers.blocks(_unquoted(text).shown).values()
    return next((block for block in found if block.sender is not None), None)


def _says_forwarded(text: str) -> bool:
    """The separator that programs write above a forwarded mail, and a header block below it."""
    page = _unquoted(text)
    blocks = headers.blocks(page.shown)
    return any(
        line and _announces(line) and page.next_filled(number + 1) in blocks
        for number, line in enumerate(page.shown)
    )


def _announces(line: str) -> bool:
    core = line[:120].strip("-_=*~—–> #\t").lower().rstrip(":： ")
    if not core:
        return False
    match = phrases.FORWARDED_ANYWHERE.match(core)
    return match is not None and (core in phrases.FORWARDED or len(core) - match.end() < 60)


def _unquoted(text: str) -> Page:
    """The lines without the prefix that some programs give a forwarded mail."""
    page, _ = pages_of(text)
    page.shown = [line.lstrip("> ") for line in page.shown]
    return page
