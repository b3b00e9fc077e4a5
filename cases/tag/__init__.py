"""A tag: a word that people and rules put on a case, short and in lower case. Pure."""

from collections.abc import Iterable, Sequence
from unicodedata import normalize

from cases.words.folding import fold

MOST, LONGEST = 20, 40
_READ = 200


def tidy(text: str) -> str:
    """The tag as it is kept; "" where the text is none."""
    # Quotes and commas would end the tag in a search or in a list of several.
    words = normalize("NFC", text[:_READ]).lower().replace('"', " ").replace(",", " ").split()
    tag = " ".join(words).strip("# ")
    fits = len(tag) <= LONGEST and tag.isprintable() and any(map(str.isalnum, tag))
    return tag if fits else ""


def key(tag: str) -> str:
    """What tags have in common that are the same one: "Envío" and "envio"."""
    return fold(tidy(tag))


def joined(tags: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    """Those and more, each once, in the order in which they came."""
    found: dict[str, str] = {}
    for one in (*tags, *filter(None, map(tidy, more))):
        found.setdefault(key(one), one)
    return tuple(found.values())


def without(tags: Iterable[str], gone: Iterable[str]) -> tuple[str, ...]:
    """Those that are left."""
    keys = set(map(key, gone))
    return tuple(one for one in tags if key(one) not in keys)
