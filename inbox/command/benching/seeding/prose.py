"""Texts, names and lengths that a made shop draws from: common words, rare ones, two languages."""

import random
from collections.abc import Iterator
from itertools import accumulate, pairwise

from inbox.command.benching.mails import OPENINGS, SENTENCES

TEXTS = 16_384
LENGTHS = 1_000
LONGEST = 300
"""Messages of the longest conversation."""
_RARE = 30_000
_FIRST = (
    *("Ana", "Luis", "Marta", "Íñigo", "Lucía", "José", "Núria", "Pablo", "Inés", "Óscar"),
    *("Emma", "Jack", "Olivia", "Harry", "Zoë", "Noah", "Chloe", "Liam", "Freya", "Owen"),
)
_LAST = (
    *("García", "Pérez", "Muñoz", "Ibáñez", "Castro", "Ruiz", "Vidal", "Serra", "Otero", "Gil"),
    *("Smith", "Jones", "O'Brien", "Taylor", "Brown", "Evans", "Walker", "Green", "Reid", "Bell"),
)
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")
SUBJECTS = {
    "es": ("No llega mi pedido", "Cobro doble", "Factura", "Devolución", "Duda", "Ha llegado roto"),
    "en": ("Where is my order", "Charged twice", "Invoice", "Return", "Question", "Arrived broken"),
}
LANGUAGES = tuple(SUBJECTS)


def texts() -> Iterator[str]:
    """The pool of texts, the languages in turn."""
    chance = random.Random(11)  # noqa: S311  no secret
    rare = [_word(chance) for _ in range(_RARE)]
    # The n-th word is as frequent as one n-th: as in any language.
    weights = list(accumulate(1 / (n + 3) for n in range(_RARE)))
    for n in range(TEXTS):
        language = LANGUAGES[n % 2]
        parts = [chance.choice(OPENINGS[language])]
        for sentence in chance.sample(SENTENCES[language], k=chance.choice((1, 2, 2, 3, 4))):
            seldom = chance.choices(rare, cum_weights=weights, k=chance.randint(2, 7))
            parts += [sentence.format(n=chance.randint(10_000, 99_999)), " ".join(seldom) + "."]
        yield " ".join(parts)


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def names() -> Iterator[str]:
    """First and last names."""
    return (f"{first} {last}" for first in _FIRST for last in _LAST)


def lengths(average: int) -> list[int]:
    """How many messages conversations have: most are short, few are very long."""
    chance = random.Random(13)  # noqa: S311  no secret
    found = [min(int(chance.lognormvariate(0, 1)) + 1, LONGEST) for _ in range(LENGTHS)]
    wanted, total = average * LENGTHS, sum(found)
    # Each is stretched alike, and what rounding loses goes to the next.
    edges = (round(here * wanted / total) for here in accumulate((0, *found)))
    return [max(after - before, 1) for before, after in pairwise(edges)]
