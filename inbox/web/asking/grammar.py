"""The grammar of a search: words, "phrases", name:value, -not, OR, and parentheses. Pure.

Words side by side must all hold, and bind closer than OR. Whoever types something that cannot be
meant is told what, and where.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cases.language import gettext as _

LONGEST = 400
DEEPEST = 20


class NotUnderstood(Exception):
    """The search means nothing; says why, and which letters are to blame."""

    def __init__(self, why: str, at: int, end: int) -> None:
        super().__init__(why)
        self.why, self.at, self.end = why, at, end


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a phrase of a message."""

    text: str
    exact: bool
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """A name and what it must be."""

    name: str
    value: str
    at: int
    value_at: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Without:
    """What must not hold."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One of these holds, or more."""

    nodes: tuple["Node", ...]


Node = Word | Field | Without | Every | Any

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
class _Token:
    kind: str
    text: str
    at: int
    end: int
    name: str = ""
    value_at: int = 0


def _tokens(asked: str) -> Iterator[_Token]:
    position = 0
    while found := _TOKEN.match(asked, position):
        kind, at, position = found.lastgroup or "", found.start(found.lastgroup or 0), found.end()
        if kind == "value":
            name, value = found["field"], found["value"]
            at = found.start("field")
            if name.lower() in _NO_NAME or value.startswith("//"):
                yield _Token("word", f"{name}:{value}", at, position)
            else:
                yield _Token("field", value, at, position, name, found.start("value"))
        elif kind == "word" and found[kind] in _OR:
            yield _Token("or", found[kind], at, position)
        else:
            yield _Token(kind, found[kind], at, position)


def parse(asked: str) -> Node | None:
    """What was asked; None for nothing at all. Raises NotUnderstood."""
    if len(asked) > LONGEST:
        why = _("A search has {number} letters at most.", number=LONGEST)
        raise NotUnderstood(why, LONGEST, len(asked))
    return _Reader(list(_tokens(asked)), len(asked)).read()


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens, self._length, self._next = tokens, length, 0

    def read(self) -> Node | None:
        if not self._tokens:
            return None
        node = self._either(0)
        if (left := self._peek()) is not None:
            raise NotUnderstood(_("Nothing was opened that this could close."), left.at, left.end)
        return node

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _either(self, depth: int) -> Node:
        found = [self._all(depth)]
        while (token := self._peek()) is not None and token.kind == "or":
            self._next += 1
            found.append(self._all(depth))
        return found[0] if len(found) == 1 else Any(tuple(found))

    def _all(self, depth: int) -> Node:
        found = []
        while (token := self._peek()) is not None and token.kind not in ("or", "close"):
            found.append(self._one(token, depth))
        if not found:
            raise self._missing()
        return found[0] if len(found) == 1 else Every(tuple(found))

    def _missing(self) -> NotUnderstood:
        token = self._peek() or self._tokens[-1]
        if self._peek() is None and token.kind == "open":
            return _unclosed(token)
        why = _("Something to look for is missing beside “{token}”.", token=token.text)
        return NotUnderstood(why, token.at, token.end)

    def _one(self, token: _Token, depth: int) -> Node:
        self._next += 1
        if token.kind == "minus":
            return self._without(token, depth)
        if token.kind == "open":
            return self._within(token, depth + 1)
        if token.kind == "field":
            return _field(token)
        text = _unquoted(token, token.text, token.at)
        return Word(text, token.kind == "phrase", token.at, token.end)

    def _without(self, minus: _Token, depth: int) -> Node:
        token = self._peek()
        if token is None or token.kind not in ("open", "field", "phrase", "word"):
            why = _("After “-” stands what must not be there.")
            raise NotUnderstood(why, minus.at, minus.end)
        return Without(self._one(token, depth))

    def _within(self, opening: _Token, depth: int) -> Node:
        if depth > DEEPEST:
            raise NotUnderstood(_("Too many parentheses."), opening.at, opening.end)
        inside = self._either(depth)
        if self._peek() is None:
            raise _unclosed(opening)
        self._next += 1
        return inside


def _unclosed(token: _Token) -> NotUnderstood:
    return NotUnderstood(_("This parenthesis is never closed."), token.at, token.end)


def _unquoted(token: _Token, text: str, at: int) -> str:
    if not text.startswith('"'):
        return text
    if len(text) < 2 or not text.endswith('"'):
        raise NotUnderstood(_("These quotes are never closed."), at, token.end)
    return text[1:-1]


def _field(token: _Token) -> Field:
    value = _unquoted(token, token.text, token.value_at)
    if not value.strip():
        why = _("“{name}:” needs a value right behind it.", name=token.name)
        raise NotUnderstood(why, token.at, token.end)
    quoted = token.text.startswith('"')
    return Field(token.name.lower(), value, token.at, token.value_at, token.end, quoted)
