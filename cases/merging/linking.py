"""Two cases that have to do with each other, and stay two."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.case import Case
from cases.db import Base
from cases.history import What


class ItsOwn(Exception):
    """A case cannot be linked to itself."""


class CaseLink(Base):
    """A link, kept once: from the case with the smaller number."""

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("case_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime]


def link(session: Session, case: Case, other: Case, *, by: str, at: datetime) -> None:
    """They belong together; linking twice changes nothing. Raises ItsOwn."""
    if case.id == other.id:
        raise ItsOwn(f"case {case.id} cannot be linked to itself")
    if other.id in linked_ids(session, case.id):
        return
    first, second = sorted((case.id, other.id))
    session.add(CaseLink(case_id=first, other_id=second, by=by, at=at))
    for one, its_other in ((case, other), (other, case)):
        one.happened(What.LINKED, by=by, at=at, other=its_other.id)


def unlink(session: Session, case: Case, other_id: int) -> None:
    """They have nothing to do with each other after all."""
    first, second = sorted((case.id, other_id))
    session.execute(delete(CaseLink).where(CaseLink.case_id == first, CaseLink.other_id == second))


def linked_ids(session: Session, case_id: int) -> Sequence[int]:
    """The numbers of the cases that belong to it."""
    rows = session.execute(
        select(CaseLink.case_id, CaseLink.other_id).where(
            or_(CaseLink.case_id == case_id, CaseLink.other_id == case_id)
        )
    )
    return [other if one == case_id else one for one, other in rows]
