"""The tags of a case, and what people and rules do with them.

The case itself keeps them, so that lists show them for nothing; the table finds cases by tag.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from cases import tag
from cases.case import Case, CaseTag
from cases.history import Event, What

_RECENT = 5_000
"""Tags put on cases last, among which those in use are looked for."""


class TooManyTags(Exception):
    """The case has as many tags as it may have."""


def of(case: Case) -> tuple[str, ...]:
    """Its tags, in the order in which they came."""
    return tuple((case.labels or {}).get("tags", ()))


def put(session: Session, case: Case, tags: Sequence[str], *, by: str, at: datetime) -> bool:
    """Those are its tags from now on; whether that changed anything. Raises TooManyTags."""
    before = of(case)
    if tuple(tags) == before:
        return False
    if len(tags) > max(tag.MOST, len(before)):
        raise TooManyTags(f"case {case.id} would have {len(tags)} tags")
    case.labels = {**(case.labels or {}), "tags": list(tags)}
    session.execute(delete(CaseTag).where(CaseTag.case_id == case.id))
    session.add_all(CaseTag(key=tag.key(one), case_id=case.id, tag=one) for one in tags)
    added, removed = list(tag.without(tags, before)), list(tag.without(before, tags))
    case.happened(What.RETAGGED, by=by, at=at, added=added, removed=removed)
    return True


def take_back(session: Session, case: Case, change: Event, *, by: str, at: datetime) -> bool:
    """What that change added is gone, and what it removed is back. Raises TooManyTags."""
    left = tag.without(of(case), change.data.get("added", ()))
    back = tag.joined(left, change.data.get("removed", ()))
    return put(session, case, back, by=by, at=at)


def forget(session: Session, case_ids: Collection[int]) -> None:
    """No case of those is found by its tags any more."""
    session.execute(delete(CaseTag).where(CaseTag.case_id.in_(case_ids)))


def having(word: str) -> ColumnElement[bool]:
    """The cases with that tag."""
    return Case.id.in_(select(CaseTag.case_id).where(CaseTag.key == tag.key(word)))


def in_use(session: Session, which: ColumnElement[bool], most: int) -> list[str]:
    """The tags of those cases of late, the most used first."""
    lately = (
        select(CaseTag.tag, CaseTag.case_id)
        .order_by(CaseTag.case_id.desc())
        .limit(_RECENT)
        .subquery()
    )
    theirs = select(lately.c.tag).join(Case, Case.id == lately.c.case_id).where(which)
    order = (func.count().desc(), lately.c.tag)
    return list(session.scalars(theirs.group_by(lately.c.tag).order_by(*order).limit(most)))
