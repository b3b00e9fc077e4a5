"""What the fields of a form offer: each value as a search says it, and as people read it."""

from dataclasses import dataclass

from cases.language import current
from classifiers import taxonomy
from inbox.web.asking import choices
from inbox.web.asking.choices import Choices

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of each field."""

    states: Pairs
    people: Pairs
    types: Pairs
    moods: Pairs
    promises: Pairs
    parts: Pairs
    yes_no: Pairs


def offered() -> Options:
    """All of them in the language of the screen."""
    return Options(
        states=_pairs(choices.STATES),
        people=_pairs(choices.PEOPLE),
        types=[(leaf.code, leaf.label(current())) for leaf in taxonomy.leaves()],
        moods=_pairs(choices.MOODS),
        promises=_pairs(choices.PROMISES),
        parts=_pairs(choices.PARTS),
        yes_no=_pairs(choices.YES_NO),
    )


def _pairs(values: Choices) -> Pairs:
    return [(choice.en, choice.said) for choice in values.values()]
