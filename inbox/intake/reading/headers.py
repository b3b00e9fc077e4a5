"""The header block that programs without quotation marks put above an old mail."""

import re
from dataclasses import dataclass
from functools import lru_cache

from inbox.intake.reading import phrases
from inbox.intake.reading.page import is_rule

_LONGEST_BLOCK = 16
_LONGEST_LABEL = 30
_WHOLE_BLOCK = 4
_ADDRESS = re.compile(r"[\w.+'=-]{1,80}@[\w.-]{1,190}")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class Block:
    """From, Sent, To and Subject of an old mail: its lines and who wrote it."""

    start: int
    end: int
    sender: str | None


def blocks(lines: list[str]) -> dict[int, Block]:
    """All header blocks by the line they start on; each line is read at most twice."""
    found: dict[int, Block] = {}
    # What is part of a run that did not convince cannot convince alone.
    read_until = 0
    for number, line in enumerate(lines):
        if not line or (label_of(line) is None and _bare_label(line) != "to"):
            continue
        block = None
        if number >= read_until:
            block, read_until = _run(lines, number)
        block = block or _on_one_line(lines, number) or _lotus(lines, number)
        if block is not None:
            found.setdefault(block.start, block)
    return found


def _run(lines: list[str], start: int) -> tuple[Block | None, int]:
    """The block that a run of headers makes, and where the run ends."""
    kinds, end = _read(lines, start)
    if len(kinds) < 2 or not _convinces(kinds, " ".join(lines[start:end])):
        return None, end
    if len(kinds) < _WHOLE_BLOCK and _is_form(lines, start, end):
        return None, end
    return Block(start, end, _sender(lines, kinds)), end


def label_of(line: str) -> str | None:
    """Which header this line gives: from, to, date, subject or copy."""
    return _label(line[: _LONGEST_LABEL + 10])


@lru_cache(maxsize=4096)  # The lines of one mail are looked at again and again.
def _label(head: str) -> str | None:
    label, colon, _ = head.replace("：", ":").partition(":")
    if not colon:
        return None
    return phrases.LABELS.get(label.strip(" \t*_>|\u00a0").lower())


def _read(lines: list[str], start: int) -> tuple[dict[str, int], int]:
    """The kinds of header and where each stands; and the line after the block."""
    kinds: dict[str, int] = {}
    end = start
    for number in range(start, min(len(lines), start + _LONGEST_BLOCK)):
        kind = label_of(lines[number])
        if kind is not None:
            kinds.setdefault(kind, number)
            end = number + 1
        elif _is_bare(lines[number]) and not _label_follows(lines, number):
            break
    return kinds, end


def _is_bare(line: str) -> bool:
    return not line.strip(">| ")


def _label_follows(lines: list[str], number: int) -> bool:
    """One blank line between two headers is bad wrapping, more are the end of the block."""
    return any(label_of(line) is not None for line in lines[number + 1 : number + 2])


def _convinces(kinds: dict[str, int], text: str) -> bool:
    """People write "From: Madrid, To: Oslo" as well, so a header must show more than two labels."""
    address = "@" in text
    if "from" in kinds:
        if address:
            return True
        dated = "date" in kinds and _TIME.search(text) is not None
        whole = "to" in kinds and ("date" not in kinds or _YEAR.search(text) is not None)
        return ("subject" in kinds and (dated or whole)) or (dated and "to" in kinds)
    return address and "date" in kinds and "to" in kinds


def _is_form(lines: list[str], start: int, end: int) -> bool:
    """A form has fields of its own next to those that a mail has too: "Order: 4711"."""
    around = (*lines[max(0, start - 1) : start], *lines[end : end + 1])
    return any(_is_field(line) for line in around)


def _is_field(line: str) -> bool:
    if line.startswith(">"):
        return False
    label, colon, value = line.partition(":")
    known = label_of(line) is not None or "-" in label or value.startswith("//")
    return bool(colon) and not known and 0 < len(label.split()) <= 3 and len(label) < 25


def _sender(lines: list[str], kinds: dict[str, int]) -> str | None:
    """The address in the From line, or in the lines that it is wrapped onto."""
    start = kinds.get("from")
    if start is None:
        return None
    for number in range(start, min(start + 3, len(lines))):
        if number > start and label_of(lines[number]) is not None:
            return None
        match = _ADDRESS.search(lines[number])
        if match is not None:
            return match.group().strip(".'=").lower()
    return None


def _on_one_line(lines: list[str], start: int) -> Block | None:
    """From: Ana <ana@example.org> Sent: Monday To: Luis Subject: Order - all on one line."""
    line = lines[start]
    if "@" not in line or label_of(line) != "from":
        return None
    words = line.lower().replace("*", "").split()
    kinds = {phrases.LABELS.get(word[:-1]) for word in words if word.endswith(":")} - {None}
    if len(kinds) < 3 or "subject" not in kinds:
        return None
    return Block(start, start + 1, _sender(lines, {"from": start}))


def _bare_label(line: str) -> str | None:
    """The label of a line that has nothing else, or only its value in the next cell of a table."""
    return _bare(line[: _LONGEST_LABEL + 10])


@lru_cache(maxsize=4096)
def _bare(head: str) -> str | None:
    label = head.partition("|")[0].strip(" \t*:：")
    return phrases.LABELS.get(label.lower()) if len(label) <= _LONGEST_LABEL else None


def _lotus(lines: list[str], start: int) -> Block | None:
    """Lotus Notes writes "To", "cc" and "Subject" above their values, or beside them."""
    if _bare_label(lines[start]) != "to":
        return None
    near = range(start + 1, min(len(lines), start + 10))
    bare = [n for n in near if _bare_label(lines[n]) == "subject"]
    above = [n for n in range(max(0, start - 6), start) if lines[n]][-2:]
    if not bare or not any(_TIME.search(lines[n]) for n in above):
        return None
    first = above[0] if "@" in lines[above[0]] or _TIME.search(lines[above[0]]) else above[-1]
    return Block(first, bare[-1] + 1, None)


def is_separator(line: str) -> bool:
    """ "-----Original Message-----" in any language, and what looks like it."""
    if len(line) < 8 or line[0] not in "-_=*~—–>#+":
        return False
    core = line.strip("-_=*~—–># +\t").lower().rstrip(":：")
    dashes = len(line) - len(line.lstrip("-_=*~—–+ "))
    if dashes < 2 or not core:
        return False
    return core in phrases.ORIGINAL or _begins_with_phrase(core)


def _begins_with_phrase(core: str) -> bool:
    """With little behind it, or with the header of the old mail on the same line."""
    match = phrases.ORIGINAL_ANYWHERE.match(core)
    if match is None:
        return False
    return len(core) < 120 or label_of(core[match.end() :].lstrip("-_ ")) == "from"


def is_bare_phrase(line: str) -> bool:
    """The phrase of a separator without its dashes: "Begin forwarded message:"."""
    return line[:80].strip("-_=*~> \t").rstrip(":： ").lower() in phrases.ORIGINAL


def is_drawn(line: str) -> bool:
    """A rule, or something between two rules: it belongs to the block below it."""
    return is_rule(line) or is_separator(line) or (line[:3] == "---" and line[-3:] == "---")


def reply_above(line: str) -> bool:
    """The line of a ticket system that asks to write above it."""
    return len(line) < 200 and phrases.ABOVE.search(line.lower()) is not None
