"""Finds the lines to fold in one text when what to keep was told from another one."""

from collections.abc import Iterator

from inbox.intake.reading.page import Fold, Page, Part


def folds_against(text: str, words: str, signed: str) -> tuple[Fold, ...]:
    """The runs of lines of the text that are in neither, and those that only are signed."""
    page = Page(text.replace("\r\n", "\n").split("\n"))
    page.mark(Part.QUOTE, 0, len(page.lines))
    for number in _found_again(page, signed):
        page.parts[number] = Part.SIGNATURE
    for number in _found_again(page, words):
        page.parts[number] = Part.WORDS
    for number, line in enumerate(page.shown):
        if not line:
            page.parts[number] = page.parts[number - 1] if number else Part.WORDS
    return page.folds()


def _found_again(page: Page, kept: str) -> Iterator[int]:
    """The numbers of the page's lines that are kept, in their order."""
    wanted = [_bare(line) for line in kept.split("\n") if _bare(line)]
    at = 0
    for number, line in enumerate(page.lines):
        if at < len(wanted) and _bare(line) == wanted[at]:
            at += 1
            yield number


def _bare(line: str) -> str:
    return " ".join(line.split())
