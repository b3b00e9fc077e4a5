"""A search cut into its pieces: parentheses, dashes, names with values, phrases, words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Each alternative begins with another letter, so a text is read once, from left to right.
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<open>\() | (?P<close>\)) |
      (?P<minus>-(?=\S)) |
      (?P<field>[^\W\d_]{1,20}):(?P<value>"[^"]*"?|[^\s()"]*) |
      (?P<phrase>"[^"]*"?) |
      (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_OR = ("OR", "O")
_NO_NAME = ("http", "https", "ftp", "mailto")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece, and where it stands."""

    kind: str
    text: str
    at: int
    end: int
    name: str = ""
    value_at: int = 0


def tokens(asked: str) -> Iterator[Token]:
    """The pieces of a search, from left to right."""
    position = 0
    while found := _TOKEN.match(asked, position):
        kind, at, position = found.lastgroup or "", found.start(found.lastgroup or 0), found.end()
        if kind == "value":
            name, value = found["field"], found["value"]
            at = found.start("field")
            if name.lower() in _NO_NAME or value.startswith("//"):
                yield Token("word", f"{name}:{value}", at, position)
            else:
                yield Token("field", value, at, position, name, found.start("value"))
        elif kind == "word" and found[kind] in _OR:
            yield Token("or", found[kind], at, position)
        else:
            yield Token(kind, found[kind], at, position)
