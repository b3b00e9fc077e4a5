"""The grammar of a search: words, "phrases", name:value, -not, OR, and parentheses. Pure.

Words side by side must all hold, and bind closer than OR. Whoever types something that cannot be
meant is told what, and where.
"""

from cases.language import gettext as _
from inbox.web.asking.nodes import Any, Every, Field, Node, NotUnderstood, Without, Word
from inbox.web.asking.tokens import Token, tokens

LONGEST = 400
DEEPEST = 20


def parse(asked: str) -> Node | None:
    """What was asked; None for nothing at all. Raises NotUnderstood."""
    if len(asked) > LONGEST:
        why = _("A search has {number} letters at most.", number=LONGEST)
        raise NotUnderstood(why, LONGEST, len(asked))
    return _Reader(list(tokens(asked)), len(asked)).read()


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens, self._length, self._next = tokens, length, 0

    def read(self) -> Node | None:
        if not self._tokens:
            return None
        node = self._either(0)
        if (left := self._peek()) is not None:
            raise NotUnderstood(_("Nothing was opened that this could close."), left.at, left.end)
        return node

    def _peek(self) -> Token | None:
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

    def _one(self, token: Token, depth: int) -> Node:
        self._next += 1
        if token.kind == "minus":
            return self._without(token, depth)
        if token.kind == "open":
            return self._within(token, depth + 1)
        if token.kind == "field":
            return _field(token)
        text = _unquoted(token, token.text, token.at)
        return Word(text, token.kind == "phrase", token.at, token.end)

    def _without(self, minus: Token, depth: int) -> Node:
        token = self._peek()
        if token is None or token.kind not in ("open", "field", "phrase", "word"):
            why = _("After “-” stands what must not be there.")
            raise NotUnderstood(why, minus.at, minus.end)
        return Without(self._one(token, depth))

    def _within(self, opening: Token, depth: int) -> Node:
        if depth > DEEPEST:
            raise NotUnderstood(_("Too many parentheses."), opening.at, opening.end)
        inside = self._either(depth)
        if self._peek() is None:
            raise _unclosed(opening)
        self._next += 1
        return inside


def _unclosed(token: Token) -> NotUnderstood:
    return NotUnderstood(_("This parenthesis is never closed."), token.at, token.end)


def _unquoted(token: Token, text: str, at: int) -> str:
    if not text.startswith('"'):
        return text
    if len(text) < 2 or not text.endswith('"'):
        raise NotUnderstood(_("These quotes are never closed."), at, token.end)
    return text[1:-1]


def _field(token: Token) -> Field:
    value = _unquoted(token, token.text, token.value_at)
    if not value.strip():
        why = _("“{name}:” needs a value right behind it.", name=token.name)
        raise NotUnderstood(why, token.at, token.end)
    quoted = token.text.startswith('"')
    return Field(token.name.lower(), value, token.at, token.value_at, token.end, quoted)
