"""Finds what is quoted, whatever the mail program that quoted it."""

from dataclasses import dataclass

from inbox.intake.reading import headers
from inbox.intake.reading.attribution import attributions, is_between_rules
from inbox.intake.reading.page import Page, Part, has_words
from inbox.intake.reading.prefixes import prefixed


@dataclass(frozen=True, slots=True)
class _Heading:
    """Lines that announce a quotation."""

    start: int
    end: int
    sure: bool = True
    kept: str = ""


def mark_quotes(page: Page) -> None:
    """Mark all that is quoted; what stands between and below quoted lines stays the person's."""
    quoted = prefixed(page.shown)
    headings = _headings(page.shown, quoted)
    number = 0
    while number < len(page.lines):
        if quoted[number]:
            page.parts[number] = Part.QUOTE
            number += 1
        elif number in headings:
            number = _cut(page, quoted, headings[number])
        else:
            number += 1
    _join_gaps(page)


def _headings(lines: list[str], quoted: list[bool]) -> dict[int, _Heading]:
    """All headings by the line they start on; a header block is surer than an attribution."""
    found = {
        here.start: _Heading(here.start, here.end, here.sure, here.kept)
        for here in attributions(lines, quoted).values()
    }
    blocks = headers.blocks(lines)
    found |= {block.start: _Heading(block.start, block.end) for block in blocks.values()}
    for number, line in enumerate(lines):
        if line and not quoted[number] and _announces(lines, quoted, number):
            below = _next_filled(lines, number + 1)
            end = blocks[below].end if below in blocks else number + 1
            found[number] = _Heading(number, end)
    return found


def _announces(lines: list[str], quoted: list[bool], number: int) -> bool:
    """A line such as "-----Original Message-----", or the one that asks to reply above it."""
    line = lines[number]
    if headers.is_separator(line) or headers.reply_above(line) or is_between_rules(line):
        return True
    if not headers.is_bare_phrase(line):
        return False
    below = _next_filled(lines, number + 1)
    return line.endswith((":", "：")) or (below < len(lines) and quoted[below])


def _next_filled(lines: list[str], start: int) -> int:
    """The next line with words; three blank lines are as good as the end."""
    for number in range(start, min(len(lines), start + 4)):
        if lines[number]:
            return number
    return len(lines)


def _cut(page: Page, quoted: list[bool], heading: _Heading) -> int:
    """Mark the heading and the unquoted text below it; the line to go on with."""
    start = heading.start
    if heading.kept:
        page.lines[start] = heading.kept
        start += 1
    else:
        start = _with_rules(page, start)
    below = page.next_filled(heading.end)
    if below == len(page.lines) or quoted[below]:
        page.mark(Part.QUOTE, start, heading.end)
        return heading.end
    if not heading.sure:
        return heading.end
    page.mark(Part.QUOTE, start, len(page.lines))
    return len(page.lines)


def _with_rules(page: Page, number: int) -> int:
    """A drawn line above a heading belongs to it, and so do the blank lines between."""
    start = number
    for above in range(number - 1, max(-1, number - 6), -1):
        line = page.shown[above]
        if page.parts[above] is Part.QUOTE or (line and not _belongs_below(line)):
            break
        if line:
            start = above
    return start


def _belongs_below(line: str) -> bool:
    return headers.is_drawn(line) or headers.is_bare_phrase(line)


def _join_gaps(page: Page) -> None:
    """Blank and drawn lines between two quoted ones are quoted too."""
    last = -1
    for number, part in enumerate(page.parts):
        if part is not Part.QUOTE:
            continue
        gap = page.shown[last + 1 : number]
        if 0 <= last < number - 1 and not any(has_words(line) for line in gap):
            page.mark(Part.QUOTE, last + 1, number)
        last = number
