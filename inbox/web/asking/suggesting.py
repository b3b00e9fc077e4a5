"""What may come next in a search that is being typed: names before a colon, and their values."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cases.language import current
from cases.language import gettext as _
from cases.words.folding import fold
from classifiers import taxonomy
from inbox.web import words
from inbox.web.asking import choices, saying
from inbox.web.asking.operators import OPERATORS, Operator, called

MOST = 8
# The last piece: what stands behind the last blank outside of quotes, without dash or parenthesis.
_LAST = re.compile(r"""[-(]*((?:[^\W\d_]{1,20}:)?(?:"[^"]*|[^\s()"]*))\Z""")
_FIRST = ("is", "assignee", "type", "mood", "sla", "hold", "from", "has")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line: what the search would become, what of it is new, and what that means."""

    whole: str
    new: str
    says: str
    href: str = ""
    """Where it leads at once, if it is no piece of a search."""


Known = Mapping[str, Sequence[tuple[str, str]]]
"""Names of operators, and the values that only the database knows, with what they mean."""


def suggestions(typed: str, known: Known) -> list[Suggestion]:
    """What could be meant by the last piece, the nearest first."""
    found = _LAST.search(typed)
    if found is None:
        return []
    before, piece = typed[: found.start(1)], found[1]
    name, colon, value = piece.partition(":")
    lines = _values(name, value.lstrip('"'), known) if colon else _names(piece)
    return [Suggestion(before + new + end, new, says) for new, end, says in lines][:MOST]


def _names(piece: str) -> Iterator[tuple[str, str, str]]:
    typed = fold(piece)
    for one in OPERATORS:
        names = (fold(one.said), fold(one.en), fold(one.es))
        wanted = any(name.startswith(typed) for name in names) if typed else one.en in _FIRST
        if wanted:
            yield f"{one.said}:", "", saying.purpose(one)


def _values(name: str, value: str, known: Known) -> Iterator[tuple[str, str, str]]:
    operator = called(name)
    if operator is None:
        return
    typed = fold(value)
    for said, says, also in _offered(operator, known):
        if any(word.startswith(typed) for word in _words(said, says, *also)):
            written = f'"{said}"' if " " in said else said
            yield f"{operator.said}:{written}", " ", says


def _words(said: str, says: str, *also: str) -> Iterable[str]:
    """What somebody may have begun to type for it."""
    return (*map(fold, (said, *also)), *re.split(r"[\s,@.]+", fold(says)))


def _offered(operator: Operator, known: Known) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if operator.values is not None:
        yield from ((one.said, "", (one.en, one.es)) for one in operator.values.values())
    if operator.en == "type":
        yield from (_of_type(leaf) for leaf in taxonomy.leaves())
    for said, says in (*_fixed().get(operator.en, ()), *known.get(operator.en, ())):
        yield said, says, ()


def _of_type(leaf: taxonomy.Leaf) -> tuple[str, str, tuple[str, ...]]:
    return choices.type_word(leaf), leaf.label(current()), (leaf.code,)


def _fixed() -> dict[str, tuple[tuple[str, str], ...]]:
    spans = (("7d", _("{number} days ago", number=7)), ("30d", _("{number} days ago", number=30)))
    return {
        "lang": words.tongues(),
        "sla": (
            ("<2h", _("due within {span}", span="2 h")),
            (">1d", _("due after {span}", span="1 d")),
        ),
        "after": spans,
        "before": spans,
    }
