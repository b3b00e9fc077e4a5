"""The fields of a case that a rule may set, and what each may be. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cases.language import LANGUAGES
from classifiers import taxonomy

URGENCIES = {"normal": 0.0, "raised": 1.0, "urgent": 2.0}
"""On the scale of the classifier, which goes from 0 to 3."""


@dataclass(frozen=True, slots=True)
class Field:
    """A word that may stand under `set`."""

    allows: Callable[[object], bool]
    must_be: str


def wrong(said: Mapping[str, object]) -> str:
    """What is wrong with what stands under `set`; "" if nothing is."""
    for name, value in said.items():
        if name not in FIELDS:
            return f"nobody knows the field {name!r}"
        if not FIELDS[name].allows(value):
            return f"set.{name} must be {FIELDS[name].must_be}"
    return ""


def unusable_type(said: Mapping[str, object]) -> str:
    """The complaint type among them that is in use no more, or never was; "" if there is none."""
    code = str(said.get("type", ""))
    return code if code and code not in taxonomy.codes() else ""


def pairs(said: Mapping[str, object]) -> list[str]:
    """Each as `field=value`, as decisions and trials keep it."""
    return [f"{name}={text(value)}" for name, value in said.items()]


def text(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


FIELDS: dict[str, Field] = {
    "type": Field(lambda said: isinstance(said, str) and said != "", "a complaint type"),
    "complaint": Field(lambda said: isinstance(said, bool), "true or false"),
    "urgency": Field(
        lambda said: isinstance(said, str) and said in URGENCIES,
        f"one of {', '.join(URGENCIES)}",
    ),
    "language": Field(
        lambda said: isinstance(said, str) and said in LANGUAGES,
        f"one of {', '.join(LANGUAGES)}",
    ),
}
