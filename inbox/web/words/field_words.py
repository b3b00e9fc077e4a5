"""The fields that a rule may set, and what they become, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.rules import case_fields
from cases.language import current
from cases.language import gettext as _
from classifiers import taxonomy
from inbox.web import words


@dataclass(frozen=True, slots=True)
class Settable:
    """One field as a form offers it."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


def settable() -> list[Settable]:
    """All fields, in the order in which they are set."""
    named = _labels()
    return [Settable(name, named[name], _choices(name)) for name in case_fields.FIELDS]


def all_of(said: Mapping[str, object]) -> list[str]:
    """Each field and what it becomes."""
    return [pair(one) for one in case_fields.pairs(said)]


def pair(kept: str) -> str:
    """One that was kept as `field=value`."""
    name, _sign, value = kept.partition("=")
    return field(name, value)


def field(name: str, value: str) -> str:
    """A field and what it becomes."""
    if name == "type":
        return f"{_labels()[name]}: {words.type_name(value)}"
    said = dict(_choices(name)).get(value, value)
    return f"{_labels().get(name, name)}: {said}"


def _labels() -> dict[str, str]:
    return {
        "type": _("Complaint type"),
        "complaint": _("Is a complaint"),
        "urgency": _("Urgency"),
        "language": _("Language"),
    }


def _choices(name: str) -> tuple[tuple[str, str], ...]:
    if name == "type":
        return tuple((leaf.code, leaf.label(current())) for leaf in taxonomy.leaves())
    known = {
        "complaint": (("yes", _("yes")), ("no", _("no"))),
        "urgency": (("normal", _("normal")), ("raised", _("raised")), ("urgent", _("urgent"))),
        "language": words.tongues(),
    }
    return known.get(name, ())
