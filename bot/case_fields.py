"""The fields of a case that a rule may set, what each may be, and setting them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.case import Case
from cases.history import What
from cases.language import LANGUAGES
from classifiers import taxonomy

URGENCIES = {"normal": 0.0, "raised": 1.0, "urgent": 2.0}
"""On the scale of the classifier, which goes from 0 to 3."""


@dataclass(frozen=True, slots=True)
class Field:
    """A word that may stand under `set`."""

    allows: Callable[[object], bool]
    must_be: str
    given: Callable[[Case, Any, str], bool]
    """Give it to the case, for that rule; False where nothing changes."""


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
    return [f"{name}={_text(value)}" for name, value in said.items()]


def _text(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def put(case: Case, said: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """Set them all; what changes stands in the history."""
    # The type brings along whether it is a complaint, so what is said of that comes after it.
    for name in (one for one in FIELDS if one in said):
        if FIELDS[name].given(case, said[name], by):
            case.happened(What.CORRECTED, by=by, at=at, field=name, now=_text(said[name]))


def _type(case: Case, code: str, by: str) -> bool:
    """People are not overruled, and a type that is in use no more is not given."""
    if case.type_by or case.type == code or unusable_type({"type": code}):
        return False
    case.type, case.complaint, case.needs_review = code, taxonomy.leaf(code).complaint, False
    case.labels = {**(case.labels or {}), "type_by": by}
    return True


def _complaint(case: Case, value: bool, _by: str) -> bool:
    if case.type_by or case.complaint is value:
        return False
    case.complaint = value
    return True


def _urgency(case: Case, word: str, _by: str) -> bool:
    if case.urgency == URGENCIES[word]:
        return False
    case.urgency = URGENCIES[word]
    return True


def _language(case: Case, code: str, _by: str) -> bool:
    if case.language == code:
        return False
    case.language = code
    return True


FIELDS: dict[str, Field] = {
    "type": Field(lambda said: isinstance(said, str) and said != "", "a complaint type", _type),
    "complaint": Field(lambda said: isinstance(said, bool), "true or false", _complaint),
    "urgency": Field(
        lambda said: isinstance(said, str) and said in URGENCIES,
        f"one of {', '.join(URGENCIES)}",
        _urgency,
    ),
    "language": Field(
        lambda said: isinstance(said, str) and said in LANGUAGES,
        f"one of {', '.join(LANGUAGES)}",
        _language,
    ),
}
