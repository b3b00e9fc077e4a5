"""Finds the lines to fold in one text when another one was cut."""

from inbox.intake.reading.page import Fold, Part


def folds_against(text: str, kept: str) -> tuple[Fold, ...]:
    """The runs of lines of the text that are not among the kept ones, in their order."""
    wanted = [_bare(line) for line in kept.split("\n") if _bare(line)]
    found: list[Fold] = []
    start, at = 0, 0
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        bare = _bare(line)
        if at < len(wanted) and (not bare or bare == wanted[at]):
            found += _fold(lines, start, number)
            start = number + 1
            at += bool(bare)
    found += _fold(lines, start, len(lines))
    return tuple(found)


def _bare(line: str) -> str:
    return " ".join(line.split())


def _fold(lines: list[str], start: int, end: int) -> list[Fold]:
    """A fold, unless there is nothing to fold."""
    if not any(line.strip() for line in lines[start:end]):
        return []
    return [Fold(Part.QUOTE.value, start, end)]
