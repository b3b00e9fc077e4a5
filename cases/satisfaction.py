"""How content customers were with a case: five steps and a sentence, said behind a signed link."""

from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import ForeignKey, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.case import Case
from cases.contact import Identifier
from cases.db import Base
from cases.exclusions.touches import Touch
from cases.signing import sign, verify

CHANGEABLE = timedelta(days=7)
LONGEST = 2000
PURPOSE = "satisfaction"


class Step(IntEnum):
    """How content somebody was."""

    VERY_BAD = 1
    BAD = 2
    SO_SO = 3
    GOOD = 4
    VERY_GOOD = 5

    @property
    def is_good(self) -> bool:
        return self >= Step.GOOD


class TooLate(Exception):
    """It was said more than a week ago, so it stands."""


class Satisfaction(Base):
    """What the customer of a case said of it."""

    __tablename__ = "satisfaction"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    step: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")
    held: Mapped[bool] = mapped_column(default=False)
    """Whether no marketing reached the person between the opening of the case and the answer."""
    said_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]


def token(case_id: int) -> str:
    """The part of the link that lets somebody speak about that case, and about nothing else."""
    return f"{case_id}.{sign(PURPOSE, str(case_id))}"


def case_of(said: str) -> int | None:
    """The case that the link is about, or None if we did not make it."""
    number, _dot, mac = said[:60].partition(".")
    plain = number.isascii() and number.isdigit() and len(number) <= 12
    return int(number) if plain and verify(PURPOSE, number, mac) else None


def of(session: Session, case_id: int) -> Satisfaction | None:
    """What was said of that case."""
    return session.get(Satisfaction, case_id)


def may_change(said: Satisfaction, at: datetime) -> bool:
    """Whether it was said lately enough to be said otherwise."""
    return at - said.said_at <= CHANGEABLE


def say(session: Session, case: Case, step: Step, comment: str, *, at: datetime) -> Satisfaction:
    """Keep what they say; a second time within a week it takes the place of the first."""
    said = of(session, case.id)
    if said is None:
        said = Satisfaction(case_id=case.id, contact_id=case.contact_id, said_at=at)
        said.held = not _was_sent_marketing(session, case, at)
        session.add(said)
    elif not may_change(said, at):
        raise TooLate(f"case {case.id} was judged on {said.said_at:%Y-%m-%d}")
    said.step, said.comment, said.changed_at = step.value, comment[:LONGEST], at
    case.satisfaction = step.value
    return said


def _was_sent_marketing(session: Session, case: Case, at: datetime) -> bool:
    theirs = select(Identifier.value).where(Identifier.contact_id == case.contact_id)
    meanwhile = Touch.sent_at.between(case.opened_at, at)
    return bool(session.scalar(select(exists().where(Touch.value.in_(theirs), meanwhile))))
