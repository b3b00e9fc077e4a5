"""Finds what is quoted, whatever the mail program that quoted it."""

from collections.abc import Callable

from inbox.intake.reading import headers
from inbox.intake.reading.attribution import Attribution, attributions
from inbox.intake.reading.page import Page, Part, has_words
from inbox.intake.reading.prefixes import prefixed


def mark_quotes(page: Page) -> None:
    """Mark all that is quoted; what stands between and below quoted lines stays the person's."""
    quoted = prefixed(page.shown)
    above = attributions(page.shown, quoted)
    number = 0
    while number < len(page.lines):
        if quoted[number]:
            page.parts[number] = Part.QUOTE
            number += 1
            continue
        if not page.shown[number]:
            number += 1
            continue
        number = _step(page, quoted, above, number)
    _join_gaps(page)


def _step(page: Page, quoted: list[bool], above: dict[int, Attribution], number: int) -> int:
    """Mark what begins on this line; the line to go on with."""
    start, end, sure = _beginning(page, above, number)
    if end == number:
        return number + 1
    here = above.get(number)
    if here is not None and here.kept:
        page.lines[number] = here.kept
        start += 1
    below = page.next_filled(end)
    if below < len(page.lines) and not quoted[below] and not sure:
        return number + 1
    if below == len(page.lines) or quoted[below]:
        page.mark(Part.QUOTE, start, end)
        return end
    page.mark(Part.QUOTE, start, len(page.lines))
    return len(page.lines)


def _beginning(page: Page, above: dict[int, Attribution], number: int) -> tuple[int, int, bool]:
    """Where a quotation begins here, where its heading ends, and whether it is a sure one."""
    for heading in _HEADINGS:
        start, end = heading(page.shown, number)
        if end > number:
            return _with_rules(page, start), end, True
    here = above.get(number)
    if here is not None:
        return (number if here.kept else _with_rules(page, number)), here.end, here.sure
    return number, number, False


def _reply_above(lines: list[str], number: int) -> tuple[int, int]:
    return number, number + headers.reply_above(lines[number])


def _separator(lines: list[str], number: int) -> tuple[int, int]:
    """The separator, together with the header block below it."""
    line = lines[number]
    drawn = headers.is_separator(line)
    if not (drawn or headers.is_bare_phrase(line)):
        return number, number
    below = next((n for n in range(number + 1, min(len(lines), number + 4)) if lines[n]), None)
    block = headers.block_at(lines, below) if below is not None else None
    if block is not None:
        return number, block.end
    quoted = below is not None and lines[below].startswith(">")
    alone = drawn or quoted or line.endswith((":", "："))
    return number, number + alone


def _header_block(lines: list[str], number: int) -> tuple[int, int]:
    block = headers.block_at(lines, number)
    return (block.start, block.end) if block is not None else (number, number)


_HEADINGS: tuple[Callable[[list[str], int], tuple[int, int]], ...] = (
    _reply_above,
    _separator,
    _header_block,
)


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
        if 0 <= last < number - 1 and not any(
            has_words(line) for line in page.shown[last + 1 : number]
        ):
            page.mark(Part.QUOTE, last + 1, number)
        last = number
