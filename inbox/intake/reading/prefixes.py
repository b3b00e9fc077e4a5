"""Which lines carry a quotation prefix: "> ", "| ", or the writer's initials before a ">"."""

from inbox.intake.reading import phrases

_INITIALS_AT_MOST = 4
_SHORTEST_WRAPPED_LINE = 60


def prefixed(lines: list[str]) -> list[bool]:
    """For each line whether it is quoted."""
    marks = [_starts_quoted(line) for line in lines]
    for number, line in enumerate(lines):
        if marks[number]:
            marks[number] = not _only_looks_quoted(lines, marks, number)
        elif line:
            marks[number] = _in_a_run(lines, number) or _is_wrapped_rest(lines, marks, number)
    return marks


def _starts_quoted(line: str) -> bool:
    """A line between two arrows is drawn, or is GroupWise's heading of a quotation."""
    if line[:1] not in (">", "›", "»") or line.endswith(("<<", "«")):
        return False
    return not line.endswith(">>>") or not line.strip("> ")


def _only_looks_quoted(lines: list[str], marks: list[bool], number: int) -> bool:
    """A ">" may close an address, protect a "From" (RFC 4155), or say "more than 5"."""
    line, before = lines[number], lines[number - 1] if number else ""
    if before and not marks[number - 1] and before.rfind("<") > before.rfind(">"):
        return True
    after = "".join(lines[number + 1 : number + 2])
    if ">" in (before[:1], after[:1]):
        return False
    if before.endswith(":") and phrases.WROTE.search(before[-24:].lower()):
        return False
    return line.startswith(">From ") or line[1:].strip()[:1].isdigit()


def _in_a_run(lines: list[str], number: int) -> bool:
    """Bars and initials quote only if two lines in a row have the same."""
    prefix = _bar(lines[number]) or _initials(lines[number])
    if not prefix:
        return False
    around = (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2])
    return any(line.startswith(prefix) for line in around)


def _bar(line: str) -> str:
    """The bar, unless the line is a row of a table."""
    return "|" if line[:1] == "|" and "|" not in line.lstrip("| ") else ""


def _initials(line: str) -> str:
    name, mark, _ = line[: _INITIALS_AT_MOST + 1].partition(">")
    return name + mark if mark and name.isalpha() and name.isupper() else ""


def _is_wrapped_rest(lines: list[str], marks: list[bool], number: int) -> bool:
    """The end of a quoted line that some program broke in two and left without its prefix."""
    if not 0 < number < len(lines) - 1 or not marks[number - 1] or not marks[number + 1]:
        return False
    before, line = lines[number - 1], lines[number]
    return (
        len(before) >= _SHORTEST_WRAPPED_LINE
        and len(line) < len(before)
        and line[0].islower()
        and before[-1] not in ".!?:"
    )
