"""Which host an address really leads to, and whether its letters pretend to be others. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from urllib.parse import unquote

from publicsuffixlist import PublicSuffixList

LONGEST_NAME, LONGEST_LABEL = 253, 63
LONGEST_WORD = 300
_ENDS = re.compile(r"[/\\?#:]")
_AROUND = "<>()[]{}\"'«»“”‘’.,;:!?*_-–—·|→"
# Words such as notes.md name a file more often than a shop.
_FILES = {"zip", "mov", "md", "sh", "py", "rs", "pl", "ps", "ai", "app", "cab", "java", "cfg"}
_EAST = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"}
# Letters of Greek and Russian that are drawn like Latin ones.
_ALIKE = set("асԁеһіјӏорԛѕԝхуъьҽпгѵѡαειοκνρτυχω")


class Letters(StrEnum):
    """How the name of a host is written."""

    PLAIN = "plain"
    FOREIGN = "foreign"
    """With letters beyond those of English: its coded form is what is unmistakable."""
    DECEPTIVE = "deceptive"
    """In letters of several alphabets, or in such as are drawn like those of another."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where an address leads: the name as it is asked for, in ASCII."""

    name: str
    letters: Letters
    posing: bool = False
    """Something stands before it, as in bank.example@thief.example."""


def real(address: str) -> Host | None:
    """The host that a browser asks for that address; None where it asks none."""
    plain = address.translate({9: None, 10: None, 13: None}).strip("".join(map(chr, range(33))))
    scheme, _colon, rest = plain.partition(":")
    if scheme.lower() not in ("http", "https"):
        return None
    # Browsers take backslashes for slashes, and any number of them.
    authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0]
    before, at, place = authority.rpartition("@")
    name = _plain(unquote(place[: LONGEST_NAME * 9]))
    found = named(name if name.startswith("[") else name.partition(":")[0])
    return Host(found.name, found.letters, posing=bool(at and before))


def named(domain: str) -> Host:
    """The host of that name, in whatever letters it comes."""
    labels = _plain(domain[: LONGEST_NAME * 9])[:LONGEST_NAME].strip(".").split(".")
    name = ".".join(map(_coded, labels))
    return Host(name, _letters([_uncoded(label) for label in name.split(".")]))


def shown(text: str) -> Iterator[str]:
    """The hosts that somebody sees in a text, in ASCII."""
    for word in text.split():
        if "." in (plain := _plain(word[:LONGEST_WORD])):
            name = _shown(plain.strip(_AROUND))
            if name:
                yield name


def same_house(one: str, other: str) -> bool:
    """Whether two hosts belong to whoever registered the same domain."""
    return one == other or _registered(one) == _registered(other)


def _plain(text: str) -> str:
    """Small letters without what nobody sees, wide forms and odd dots as usual ones."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("。", ".")
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


def _shown(word: str) -> str:
    _scheme, mark, rest = word.partition("://")
    place = _ENDS.split(rest if mark else word, maxsplit=1)[0]
    before, at, _after = place.partition("@")
    if at and not mark:
        return ""
    name = before.strip(".")
    labels = name.split(".")
    if len(labels) < 2 or len(name) > LONGEST_NAME or not all(map(_is_label, labels)):
        return ""
    sure = bool(mark) or labels[0] == "www" or place != word
    coded = ".".join(map(_coded, labels))
    if not sure and labels[-1] in _FILES:
        return ""
    return coded if mark or _suffixes().publicsuffix(coded, accept_unknown=False) else ""


def _is_label(label: str) -> bool:
    return 0 < len(label) <= LONGEST_LABEL and label.replace("-", "a").replace("_", "a").isalnum()


def _coded(label: str) -> str:
    if label.isascii() or len(label) > LONGEST_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def _uncoded(label: str) -> str:
    if not label.startswith("xn--") or len(label) > LONGEST_LABEL or not label.isascii():
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        # No browser asks for it either; it stays as strange as it looks.
        return label


def _letters(labels: list[str]) -> Letters:
    if all(label.isascii() and not label.startswith("xn--") for label in labels):
        return Letters.PLAIN
    of_latin_end = labels[-1].isascii()
    odd = any(_is_mixed(one) or (of_latin_end and _is_drawn_alike(one)) for one in labels)
    return Letters.DECEPTIVE if odd else Letters.FOREIGN


def _is_mixed(label: str) -> bool:
    alphabets = _alphabets(label)
    others = alphabets - _EAST
    return len(others) > 1 or (others != alphabets and not others <= {"LATIN"})


def _is_drawn_alike(label: str) -> bool:
    letters = {sign for sign in label if sign.isalpha()}
    return bool(letters) and letters <= _ALIKE


def _alphabets(label: str) -> set[str]:
    return {unicodedata.name(sign, "?").split(" ")[0] for sign in label if sign.isalpha()}


def _registered(name: str) -> str:
    if name.rpartition(".")[2].isdigit():
        return name
    return _suffixes().privatesuffix(name) or name


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
