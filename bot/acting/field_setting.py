"""What a rule says of a case's fields is set, and stands in the history."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.rules.case_fields import URGENCIES, text, unusable_type
from cases.case import Case
from cases.history import What
from classifiers import taxonomy


def put(case: Case, said: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """Set them all; what changes stands in the history."""
    # The type brings along whether it is a complaint, so what is said of that comes after it.
    for name in (one for one in _GIVEN if one in said):
        if _GIVEN[name](case, said[name], by):
            case.happened(What.CORRECTED, by=by, at=at, field=name, now=text(said[name]))


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


_GIVEN: dict[str, Callable[[Case, Any, str], bool]] = {
    "type": _type,
    "complaint": _complaint,
    "urgency": _urgency,
    "language": _language,
}
"""Each gives it to the case, for that rule; False where nothing changes."""
