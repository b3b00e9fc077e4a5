"""Which cards of a conversation are open when it is shown, and where reading begins. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.kinds import ACKNOWLEDGEMENT
from inbox.web.casefile.entries import Entry

LONG, OPEN_AT_THE_END = 8, 3


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Places of cards, counted from 0."""

    folded: frozenset[int]
    start: int
    """Where reading begins; -1 if nobody said anything."""


def unfolded(cards: Sequence[Entry]) -> Unfolded:
    """Reading begins at what a person said last: the bot's thanks for a mail are not news."""
    said = [at for at, card in enumerate(cards) if card.kind != "system"]
    by_people = [at for at in said if cards[at].kind != "bot"]
    start = (by_people or said or [-1])[-1]
    old = said[:-OPEN_AT_THE_END] if len(said) > LONG else []
    thanks = [at for at in said if cards[at].template == ACKNOWLEDGEMENT]
    return Unfolded(frozenset({*old, *thanks} - {start}), start)
