"""The text of a page as it is written, line by line, with its quotes and gaps."""

import re

DEEPEST_QUOTE = 10

_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
# Invisible fillers of newsletters' previews; joiners stay, since emoji and Persian need them.
_FILLERS = re.compile("[\u200b\u2060\ufeff\u00ad\u034f]")


class Page:
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
