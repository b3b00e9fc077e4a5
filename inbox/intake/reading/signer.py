"""Knows the sender's own name again where it stands alone below what he wrote."""

import re
import unicodedata
from dataclasses import dataclass

_WORDS = re.compile(r"[^\W\d_]+")
_NO_NAME = re.compile(r"[\d?:@]")
_MOST_WORDS = 5
_LONGEST = 60
# A shorter piece of an address says too little: "pat@" is no proof for "Patio".
_SHORTEST_PIECE = 4


@dataclass(frozen=True, slots=True)
class Signer:
    """The words of a sender's name, and the letters of his address before the @."""

    names: frozenset[str] = frozenset()
    mailbox: str = ""

    def signs(self, line: str) -> bool:
        """Whether the line is nothing but this name, or a part of it."""
        if not 1 < len(line) <= _LONGEST or not self.names:
            return False
        words = _plain_words(line)
        if not 0 < len(words) <= _MOST_WORDS or _NO_NAME.search(line):
            return False
        return self._is_called(words) or self._writes_as("".join(words))

    def _is_called(self, words: list[str]) -> bool:
        """ "Ana", "Ana G." and "Ana García" of Ana García, who may have a second surname."""
        whole = [word for word in words if len(word) > 1]
        initials = {name[0] for name in self.names}
        single = {word for word in words if len(word) == 1}
        known = sum(word in self.names for word in whole)
        return len(whole) - known < min(known, 2) and single <= initials

    def _writes_as(self, name: str) -> bool:
        return len(name) >= _SHORTEST_PIECE and self.mailbox.startswith(name)


NOBODY = Signer()


def signer_of(name: str, address: str) -> Signer:
    """Who may sign a mail with this sender."""
    mailbox = address.partition("@")[0][:_LONGEST]
    pieces = [word for word in _plain_words(mailbox) if len(word) >= _SHORTEST_PIECE]
    names = frozenset((*_plain_words(name[:_LONGEST]), *pieces))
    return Signer(names, "".join(_plain_words(mailbox)))


def _plain_words(text: str) -> list[str]:
    """Its words without capitals and accents."""
    folded = text.casefold()
    if not folded.isascii():
        parts = unicodedata.normalize("NFD", folded)
        folded = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return _WORDS.findall(folded)
