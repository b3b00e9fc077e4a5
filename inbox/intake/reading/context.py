"""Keeps the short quotations that a person answers point by point, since the answers need them."""

from collections.abc import Iterator

from inbox.intake.reading.page import Page, Part, has_words

# A point somebody answers is short; a longer quotation is the mail before, left where it was.
_LONGEST = 12


def keep_context(page: Page) -> None:
    """Turn quoted lines into context where the person's own words go on below them.

    One quotation under a heading ("On Monday Ana wrote:") with words on one side only is an
    answer above or below the whole mail, which needs no context.
    """
    last = _last_words(page)
    runs = [run for run in _runs(page) if run[1] <= last]
    chosen = [run for run in runs if _is_answered(page, run, several=len(runs) > 1)]
    for start, end in chosen:
        page.mark(Part.CONTEXT, start, end)


def _last_words(page: Page) -> int:
    """The last line with words of the person, or -1."""
    for number in range(len(page.lines) - 1, -1, -1):
        if page.parts[number] is Part.WORDS and has_words(page.shown[number]):
            return number
    return -1


def _runs(page: Page) -> Iterator[tuple[int, int]]:
    """The runs of lines quoted once ("> "), from the first to the one behind the last."""
    start = None
    for number in range(len(page.lines) + 1):
        if number < len(page.lines) and _is_quoted_once(page, number):
            start = number if start is None else start
        elif start is not None:
            yield start, number
            start = None


def _is_quoted_once(page: Page, number: int) -> bool:
    line = page.shown[number]
    return page.parts[number] is Part.QUOTE and line[:1] == ">" and line[1:].lstrip()[:1] != ">"


def _is_answered(page: Page, run: tuple[int, int], *, several: bool) -> bool:
    """Short, whole, and either one of several points or a quotation the person set himself."""
    start, end = run
    if end - start > _LONGEST or not has_words("".join(page.shown[start:end])):
        return False
    if end < len(page.parts) and page.parts[end] is Part.QUOTE:
        return False
    headed = _is_headed(page, start)
    return several or not headed or _words_above(page, start)


def _is_headed(page: Page, start: int) -> bool:
    """Whether a line that announces the quotation stands right above it."""
    above = start - 1
    while above >= 0 and not page.shown[above]:
        above -= 1
    return above >= 0 and page.parts[above] is Part.QUOTE


def _words_above(page: Page, start: int) -> bool:
    return any(
        part is Part.WORDS and has_words(line)
        for part, line in zip(page.parts[:start], page.shown[:start], strict=True)
    )
