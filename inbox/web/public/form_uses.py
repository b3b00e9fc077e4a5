"""How often the contact form may be used, and what became of it: forgotten within a day."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base, hold
from cases.signing import sign

FROM_ONE_PLACE, FROM_ANYWHERE = 10, 600
WINDOW, VALID = timedelta(hours=1), timedelta(hours=24)
LOCK = "contact form"


class FormUse(Base):
    """One use of a form, by a keyed hash of where it came from or of the form itself."""

    __tablename__ = "form_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    case_id: Mapped[int | None]
    """The case that came of a form: each form that was shown makes one case, however often sent."""


def may_write(session: Session, place: str, *, at: datetime) -> bool:
    """Count one more use from that place; False if there were too many."""
    # Who sends many at once would else be counted as if each were the first.
    hold(session, LOCK)
    hidden = sign("contact-form", place)
    counted = FormUse.case_id.is_(None)
    session.execute(delete(FormUse).where(counted, FormUse.at <= at - WINDOW))
    session.execute(delete(FormUse).where(FormUse.at <= at - VALID))
    uses = select(func.count()).select_from(FormUse).where(counted)
    here = session.scalar(uses.where(FormUse.place == hidden)) or 0
    if here >= FROM_ONE_PLACE or (session.scalar(uses) or 0) >= FROM_ANYWHERE:
        return False
    session.add(FormUse(place=hidden, at=at))
    return True


def case_of(session: Session, shown: str) -> int | None:
    """The case that the form which was shown then has made already."""
    wanted = select(FormUse.case_id).where(FormUse.place == sign("contact-form-once", shown))
    return session.scalars(wanted).first()


def made(session: Session, shown: str, case_id: int, *, at: datetime) -> None:
    """That form has made its case."""
    hidden = sign("contact-form-once", shown)
    session.add(FormUse(place=hidden, at=at, case_id=case_id))
